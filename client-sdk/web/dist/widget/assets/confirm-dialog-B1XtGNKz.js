import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,E as n,G as r,M as i,N as a,Q as o,T as s,q as c}from"./base-BsNUvOP0.js";import{t as l}from"./dialog-styles-DP875kuc.js";var u=/* @__PURE__ */ e({}),d=class extends r{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[n,l]}show(){this.dialog.showModal()}render(){return c`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${o.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};s([i()],d.prototype,`heading`,void 0),s([i()],d.prototype,`text`,void 0),s([i()],d.prototype,`action`,void 0),s([t(`dialog`)],d.prototype,`dialog`,void 0),d=s([a(`causerie-confirm-dialog`)],d);export{u as t};