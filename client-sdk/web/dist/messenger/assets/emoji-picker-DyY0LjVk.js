import{$ as e,E as t,H as n,K as r,L as i,U as a,W as o,X as s,Y as c,q as l}from"./index-aE7f8jQ0.js";import{loadIndex as u}from"./emoji-index-CPw3WTkg.js";var d=`causerie.emoji`,f=24,p=8,m=80;function h(e){e.target instanceof HTMLButtonElement&&e.preventDefault()}var g=class extends l{constructor(...e){super(...e),this.failed=!1,this.group=0,this.wanted=``}static{this.styles=[i,s` :host{display:flex;flex-direction:column;width:min(352px,calc(100vw - 24px));height:min(360px,60vh);overflow:hidden;border:1px solid var(--border);border-radius:18px;background:var(--raised);box-shadow:var(--shadow)}.search{padding:10px 10px 6px}.groups{display:flex;padding:0 6px;border-bottom:1px solid var(--border)}.groups button{flex:1;height:36px;border-bottom:2px solid transparent;font-size:1.125rem}.groups button[aria-selected="true"]{border-color:var(--accent)}.grid{flex:1;display:grid;grid-template-columns:repeat(8,1fr);grid-auto-rows:40px;padding:6px;overflow-y:auto;scrollbar-width:thin}.grid button{border-radius:10px;font-size:1.5rem;line-height:1}.grid button:hover,.grid button:focus-visible{background:var(--hover)}:focus-visible{outline-offset:-2px}.state{flex:1;display:grid;place-items:center;color:var(--muted)}`]}connectedCallback(){super.connectedCallback(),this.#r()}focus(){this.updateComplete.then(()=>this.field?.focus())}updated(e){e.has(`group`)&&this.renderRoot.querySelector(`.grid`)?.scrollTo(0,0)}render(){return c`
<div class="search">
<input
class="field"
type="search"
aria-label=${e.searchEmoji}
placeholder=${e.searchEmoji}
.value=${this.wanted}
@input=${({target:e})=>{this.wanted=e.value}}
@keydown=${this.#o}
/>
</div>
${this.index?this.#t(this.index):this.#e()}
`}#e(){return this.failed?c`<p class="state" role="alert">${e.loadFailed}</p>`:c`<div class="state"><span class="spinner" role="img" aria-label=${e.loading}></span></div>`}#t(t){if(this.wanted.trim())return this.#n(t.search(this.wanted,m));let n=_().flatMap(e=>t.byCharacter(e)??[]),r=n.length?[{name:e.recentEmoji,emoji:n},...t.groups]:t.groups,i=Math.min(this.group,r.length-1);return c`
<div class="groups" role="tablist" aria-label=${e.emoji} @keydown=${this.#s} @mousedown=${h}>
${r.map(({name:e,emoji:t},r)=>c`<button
role="tab"
aria-selected=${r===i?`true`:`false`}
tabindex=${r===i?0:-1}
aria-label=${e}
title=${e}
@click=${()=>{this.group=r}}
>
${r===0&&n.length?`🕘`:t[0]?.character}
</button>`)}
</div>
${this.#n(r[i]?.emoji??[])}
`}#n(t){return t.length?c`<div class="grid" @keydown=${this.#c} @mousedown=${h}>
${t.map((e,t)=>c`<button
tabindex=${t===0?0:-1}
aria-label=${e.name}
title=${e.name}
@click=${()=>this.#i(e)}
>${e.character}</button>`)}
</div>`:c`<p class="state" role="status">${e.noEmojiFound}</p>`}async#r(){this.failed=!1;try{this.index=await u()}catch{this.failed=!0}}#i({character:e}){v([e,..._().filter(t=>t!==e)].slice(0,f)),this.dispatchEvent(new CustomEvent(`causerie-emoji`,{detail:e}))}get#a(){return[...this.renderRoot.querySelectorAll(`.grid button`)]}#o(e){if(e.isComposing)return;let[t]=this.#a;if(e.key===`Enter`&&this.wanted.trim())t?.click();else if(e.key===`ArrowDown`)t?.focus();else return;e.preventDefault()}#s(e){let t=[...this.renderRoot.querySelectorAll(`[role=tab]`)],n=t.indexOf(e.target),r=getComputedStyle(this).direction===`rtl`?-1:1,i={ArrowRight:r,ArrowLeft:-r}[e.key];if(!i)return;let a=t.at((n+i)%t.length);a?.focus(),a?.click(),e.preventDefault()}#c(e){let t=this.#a,n=t.indexOf(e.target),r=getComputedStyle(this).direction===`rtl`?-1:1,i={ArrowRight:r,ArrowLeft:-r,ArrowDown:p,ArrowUp:-8}[e.key];if(e.key===`Home`)t[0]?.focus();else if(e.key===`End`)t.at(-1)?.focus();else if(i&&n+i<0)this.field?.focus();else if(i)t[n+i]?.focus();else return;e.preventDefault()}};n([o()],g.prototype,`index`,void 0),n([o()],g.prototype,`failed`,void 0),n([o()],g.prototype,`group`,void 0),n([o()],g.prototype,`wanted`,void 0),n([a(`input`)],g.prototype,`field`,void 0),g=n([r(`causerie-emoji-picker`)],g);function _(){try{return(t()?.getItem(d)??``).split(` `).filter(Boolean)}catch{return[]}}function v(e){try{t()?.setItem(d,e.join(` `))}catch{}}export{g as EmojiPicker};