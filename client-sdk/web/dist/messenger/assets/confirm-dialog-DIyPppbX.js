import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,G as n,H as r,K as i,L as a,U as o,Y as s,q as c}from"./index-aE7f8jQ0.js";import{t as l}from"./dialog-styles-2kRLIJt2.js";var u=e({ConfirmDialog:()=>d}),d=class extends c{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[a,l]}show(){this.dialog.showModal()}render(){return s`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${t.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};r([n()],d.prototype,`heading`,void 0),r([n()],d.prototype,`text`,void 0),r([n()],d.prototype,`action`,void 0),r([o(`dialog`)],d.prototype,`dialog`,void 0),d=r([i(`causerie-confirm-dialog`)],d);export{u as t};