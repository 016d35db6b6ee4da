import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,D as n,E as r,b as i,ht as a,k as o,lt as s,ot as c}from"./base-DKBj6lqv.js";import{t as l}from"./dialog-styles-_sHjavkg.js";var u=/* @__PURE__ */ e({}),d=class extends c{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[i,l]}show(){this.dialog.showModal()}render(){return s`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${a.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};r([o()],d.prototype,`heading`,void 0),r([o()],d.prototype,`text`,void 0),r([o()],d.prototype,`action`,void 0),r([n(`dialog`)],d.prototype,`dialog`,void 0),d=r([t(`causerie-confirm-dialog`)],d);export{u as t};