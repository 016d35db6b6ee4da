import{J as e,at as t,et as n,it as r,lt as i,ot as a,rt as o,tt as s}from"./index-D0NMIBcr.js";import{t as c}from"./dialog-styles-CGfmHIA8.js";var l=class extends t{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[e,c]}show(){this.dialog.showModal()}render(){return a`<dialog class="small" closedby="any" aria-labelledby="heading">
      <h2 id="heading">${this.heading}</h2>
      <p class="muted">${this.text}</p>
      <div class="buttons">
        <button class="button" @click=${()=>this.dialog.close()}>${i.cancel}</button>
        <button class="button danger" @click=${this.#e}>${this.action}</button>
      </div>
    </dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};n([o()],l.prototype,`heading`,void 0),n([o()],l.prototype,`text`,void 0),n([o()],l.prototype,`action`,void 0),n([s(`dialog`)],l.prototype,`dialog`,void 0),l=n([r(`causerie-confirm-dialog`)],l);