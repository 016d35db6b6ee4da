import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{G as t,H as n,K as r,L as i,U as a,Y as o,et as s,q as c}from"./base-CNZ58isy.js";import{t as l}from"./dialog-styles-DYwy7lsC.js";var u=e({ConfirmDialog:()=>d}),d=class extends c{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[i,l]}show(){this.dialog.showModal()}render(){return o`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${s.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};n([t()],d.prototype,`heading`,void 0),n([t()],d.prototype,`text`,void 0),n([t()],d.prototype,`action`,void 0),n([a(`dialog`)],d.prototype,`dialog`,void 0),d=n([r(`causerie-confirm-dialog`)],d);export{u as t};