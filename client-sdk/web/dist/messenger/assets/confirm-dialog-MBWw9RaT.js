import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,at as n,ct as r,ft as i,gt as a,lt as o,ot as s,ut as c}from"./index-BYLA7pff.js";import{t as l}from"./dialog-styles-BgkHC6iE.js";var u=e({ConfirmDialog:()=>d}),d=class extends c{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[t,l]}show(){this.dialog.showModal()}render(){return i`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${a.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};n([r()],d.prototype,`heading`,void 0),n([r()],d.prototype,`text`,void 0),n([r()],d.prototype,`action`,void 0),n([s(`dialog`)],d.prototype,`dialog`,void 0),d=n([o(`causerie-confirm-dialog`)],d);export{u as t};