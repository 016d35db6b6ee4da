import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{G as t,H as n,I as r,J as i,K as a,Q as o,V as s,W as c}from"./index-DnB8i7x1.js";import{t as l}from"./dialog-styles-CHzQ6c39.js";var u=e({ConfirmDialog:()=>d}),d=class extends a{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[r,l]}show(){this.dialog.showModal()}render(){return i`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${o.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};s([c()],d.prototype,`heading`,void 0),s([c()],d.prototype,`text`,void 0),s([c()],d.prototype,`action`,void 0),s([n(`dialog`)],d.prototype,`dialog`,void 0),d=s([t(`causerie-confirm-dialog`)],d);export{u as t};