import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,G as n,H as r,I as i,J as a,K as o,V as s,W as c}from"./base-ChZsZa2p.js";import{t as l}from"./dialog-styles-M-ldAKOe.js";var u=e({ConfirmDialog:()=>d}),d=class extends o{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[i,l]}show(){this.dialog.showModal()}render(){return a`<dialog class="small" closedby="any" aria-labelledby="heading">
<h2 id="heading">${this.heading}</h2>
<p class="muted">${this.text}</p>
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${t.cancel}</button>
<button class="button danger" @click=${this.#e}>${this.action}</button>
</div>
</dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};s([c()],d.prototype,`heading`,void 0),s([c()],d.prototype,`text`,void 0),s([c()],d.prototype,`action`,void 0),s([r(`dialog`)],d.prototype,`dialog`,void 0),d=s([n(`causerie-confirm-dialog`)],d);export{u as t};