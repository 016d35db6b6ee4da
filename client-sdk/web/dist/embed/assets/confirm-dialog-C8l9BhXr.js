import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{X as t,at as n,gt as r,nt as i,ot as a,rt as o,st as s,ut as c}from"./base-eeG3xdAI.js";import{t as l}from"./dialog-styles-BrtRPL2i.js";var u=e({ConfirmDialog:()=>d}),d=class extends s{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[t,l]}show(){this.dialog.showModal()}render(){return c`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${r.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};i([n()],d.prototype,`heading`,void 0),i([n()],d.prototype,`text`,void 0),i([n()],d.prototype,`action`,void 0),i([o(`dialog`)],d.prototype,`dialog`,void 0),d=i([a(`causerie-confirm-dialog`)],d);export{u as t};