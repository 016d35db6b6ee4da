import{t as e}from"./dialog-styles-Cu3xhaZ7.js";import{A as t,C as n,S as r,_ as i,a,h as o,m as s,n as c,y as l}from"./index-VKHV2w1J.js";var u=class extends l{constructor(...e){super(...e),this.typed=``,this.copied=!1,this.#e=()=>void 0}#e;static{this.styles=[...a,e,n` dialog.small{width:min(460px,calc(100vw - 32px));overflow-y:auto}.secret{display:flex;gap:8px;margin-top:8px}.secret .field{flex:1;min-width:0}.check{margin-top:8px}`]}ask(e){return this.question=e,this.secret=void 0,this.typed=``,this.#t()}show(e,t,n){return this.secret={heading:e,text:t,value:n},this.question=void 0,this.copied=!1,this.#t()}async#t(){return await this.updateComplete,this.dialog.showModal(),await new Promise(e=>{this.#e=e})}render(){return r`<dialog class="small" aria-labelledby="heading" @close=${this.#o}>${this.question?this.#n():this.#r()}</dialog>`}#n(){let{heading:e=``,text:n=``,action:i=``,typed:a,choice:o}=this.question??{};return r`<h2 id="heading">${e}</h2>
<p class="muted">${n}</p>
${o?r`<label class="check"><input type="checkbox" class="choice" /><span>${o}</span></label>`:``}
${a?r`<label class="label">${t.typeToConfirm(a)}
<input
class="field mono"
autocomplete="off"
spellcheck="false"
.value=${this.typed}
@input=${e=>{this.typed=e.target.value}}
/>
</label>`:``}
<div class="buttons">
<button class="button" @click=${()=>this.dialog.close()}>${t.cancel}</button>
<button class="button danger" ?disabled=${a!==void 0&&this.typed!==a} @click=${this.#a}>${i}</button>
</div>`}#r(){let{heading:e=``,text:n=``,value:i=``}=this.secret??{};return r`<h2 id="heading">${e}</h2>
<p class="muted">${n}</p>
<div class="secret">
<input class="field mono" readonly aria-label=${e} .value=${i} @focus=${e=>e.target.select()} />
<button class="button" @click=${this.#i}>${this.copied?t.copied:t.copy}</button>
</div>
<div class="buttons"><button class="button primary" @click=${()=>this.dialog.close()}>${t.secretStored}</button></div>`}async#i(){let{value:e=``}=this.secret??{};try{await navigator.clipboard.writeText(e),this.copied=!0}catch{this.renderRoot.querySelector(`input`)?.focus()}}#a(){this.#e({chosen:this.choice?.checked??!1}),this.dialog.close()}#o(){this.#e(void 0),this.secret=void 0}};c([o()],u.prototype,`question`,void 0),c([o()],u.prototype,`secret`,void 0),c([o()],u.prototype,`typed`,void 0),c([o()],u.prototype,`copied`,void 0),c([s(`dialog`)],u.prototype,`dialog`,void 0),c([s(`.choice`)],u.prototype,`choice`,void 0),u=c([i(`admin-dialog`)],u);