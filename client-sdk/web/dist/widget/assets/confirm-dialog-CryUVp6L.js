import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,A as n,E as r,J as i,K as a,M as o,N as s,T as c}from"./base-Reduinh7.js";import{t as l}from"./dialog-styles-C0qCsLro.js";var u=/* @__PURE__ */ e({}),d=class extends a{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[r,l]}show(){this.dialog.showModal()}render(){return i`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${t.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};c([o()],d.prototype,`heading`,void 0),c([o()],d.prototype,`text`,void 0),c([o()],d.prototype,`action`,void 0),c([n(`dialog`)],d.prototype,`dialog`,void 0),d=c([s(`causerie-confirm-dialog`)],d);export{u as t};