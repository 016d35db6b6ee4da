import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{E as t,O as n,T as r,at as i,ct as a,k as o,mt as s,y as c}from"./base-DqcMDlV7.js";import{t as l}from"./dialog-styles-V9uAbkre.js";var u=/* @__PURE__ */ e({}),d=class extends i{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[c,l]}show(){this.dialog.showModal()}render(){return a`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${s.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};r([n()],d.prototype,`heading`,void 0),r([n()],d.prototype,`text`,void 0),r([n()],d.prototype,`action`,void 0),r([t(`dialog`)],d.prototype,`dialog`,void 0),d=r([o(`causerie-confirm-dialog`)],d);export{u as t};