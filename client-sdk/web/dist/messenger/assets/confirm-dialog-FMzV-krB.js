import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{Q as t,at as n,ct as r,dt as i,ht as a,it as o,lt as s,st as c}from"./index-CLabfEX0.js";import{t as l}from"./dialog-styles-KUpGT9XU.js";var u=e({ConfirmDialog:()=>d}),d=class extends s{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[t,l]}show(){this.dialog.showModal()}render(){return i`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${a.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};o([c()],d.prototype,`heading`,void 0),o([c()],d.prototype,`text`,void 0),o([c()],d.prototype,`action`,void 0),o([n(`dialog`)],d.prototype,`dialog`,void 0),d=o([r(`causerie-confirm-dialog`)],d);export{u as t};