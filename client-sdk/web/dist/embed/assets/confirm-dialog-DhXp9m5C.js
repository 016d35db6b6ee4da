import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{Y as t,at as n,ht as r,it as i,lt as a,nt as o,ot as s,tt as c}from"./base-BaZfI9-V.js";import{t as l}from"./dialog-styles-DYDGpcSf.js";var u=e({ConfirmDialog:()=>d}),d=class extends s{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[t,l]}show(){this.dialog.showModal()}render(){return a`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${r.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};c([i()],d.prototype,`heading`,void 0),c([i()],d.prototype,`text`,void 0),c([i()],d.prototype,`action`,void 0),c([o(`dialog`)],d.prototype,`dialog`,void 0),d=c([n(`causerie-confirm-dialog`)],d);export{u as t};