import{A as e,D as t,E as n,G as r,J as i,O as a,b as o,dt as s,gt as c,ht as l,k as u,lt as d,nt as f,ot as p,rt as m,st as h}from"./base-DKBj6lqv.js";import{n as g}from"./lit-DFzsCMXs.js";var _=s` :host{position:relative;display:block;padding:8px 20px 16px}form,.notice,.editing,.limit{max-width:860px;margin-inline:auto}form{position:relative;display:flex;align-items:flex-end;gap:8px}textarea{display:block;flex:1;min-width:0;height:44px;max-height:168px;resize:none;padding-block:10.5px;padding-inline:18px 48px;border:1px solid var(--field-border);border-radius:22px;background:var(--field);line-height:1.4;scrollbar-width:thin}textarea::placeholder{color:var(--muted);opacity:1}textarea:focus-visible{outline:2px solid var(--accent);outline-offset:-1px}.open-emoji{position:absolute;inset-inline-end:54px;bottom:2px}.send{flex:none;width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity 0.12s,filter 0.12s}.send:hover{filter:brightness(1.1)}.send[aria-disabled="true"]{cursor:default;opacity:0.45;filter:none}.send .icon:dir(rtl){transform:scaleX(-1)}.enter{position:absolute;inset-inline-end:66px;bottom:-16px;font-size:0.6875rem;line-height:16px;color:var(--muted)}.enter:hover{text-decoration:underline}.notice{padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center}.editing{display:flex;align-items:center;gap:8px;padding-block:0 6px;padding-inline:14px 0;font-size:0.875rem;color:var(--accent)}.editing .icon{width:18px;height:18px}.editing span{flex:1}.editing .icon-button{width:32px;height:32px}.limit{padding:0 18px 6px;font-size:0.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}.limit.over{color:var(--danger)}.offered{position:absolute;z-index:3;inset-inline-start:0;bottom:calc(100% + 6px);min-width:220px;max-width:100%;padding:6px;border:1px solid var(--border);border-radius:14px;background:var(--raised);box-shadow:var(--shadow)}.offered li{display:flex;align-items:center;gap:10px;min-height:36px;padding:0 10px;border-radius:9px;cursor:pointer}.offered li[aria-selected="true"]{background:var(--hover)}.offered .character{font-size:1.25rem}.picker{position:absolute;z-index:3;inset-inline-end:0;bottom:calc(100% + 8px)}@media (pointer: coarse){textarea{font-size:1rem}.editing .icon-button{width:44px;height:44px}}@media (hover: none){.open-emoji,.enter{display:none}textarea{padding-inline-end:18px}}@media (forced-colors: active){textarea:focus-visible{outline-color:Highlight}.send,.notice{border:1px solid}.offered li[aria-selected="true"]{outline:2px solid Highlight}}@container messenger (max-width: 719px){:host{padding:6px 12px max(10px,env(safe-area-inset-bottom))}.enter{display:none}}`,v=`causerie.enter`;function y(){let e;try{e=c()?.getItem(v)}catch{}return e===`send`||e===`newline`?e:matchMedia(`(hover: none) and (pointer: coarse)`).matches?`newline`:`send`}function b(e){try{c()?.setItem(v,e)}catch{}}var x=.9,S=new TextEncoder;function C(e,t){if(!t||e.length*3<t*x)return;let n=S.encode(e).length;if(n<t*x)return;let r=[...e];if(n<=t)return Math.floor((t-n)*r.length/n);let[i,a]=[0,n];for(;a>t;)i+=1,a-=S.encode(r[r.length-i]).length;return-i}var w=168,T=class extends p{constructor(...e){super(...e),this.conversationId=``,this.notice=``,this.busy=!1,this.textBytesMax=0,this.picking=!1,this.#e=()=>{}}#e;#t;static{this.styles=[o,_]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#s()}updated(){this.#v()}render(){if(this.notice)return d`<p class="notice">${this.notice}</p>`;let e=this.#r,t=e?l.save:l.send,n=this.#a,a=this.#i.trim()!==``&&!this.#o&&!this.busy,o=this.#t?.offered.length?this.#t:void 0,s=e=>e.preventDefault();return d`
${e?d`<div class="editing">
${i}<span>${l.editing}</span>
<button class="icon-button" aria-label=${l.cancel} title=${l.cancel} @click=${this.#f}>${r}</button>
</div>`:``}
${this.#o?d`<p class="visually-hidden" role="alert">${l.tooLong}</p>`:``}
${n===void 0?``:d`<p class="limit ${n<0?`over`:``}" id="limit">
${n<0?l.charactersOver(-n):l.charactersLeft(n)}
</p>`}
<form part="composer" @submit=${this.#d}>
${o?.render()??``}
<textarea
rows="1"
dir="auto"
enterkeyhint=${y()===`send`?`send`:`enter`}
aria-label=${l.writeMessage}
aria-describedby=${n===void 0?h:`limit`}
aria-autocomplete="list"
aria-controls=${o?`offered`:h}
aria-activedescendant=${o?`emoji-${o.selected}`:h}
placeholder=${l.writeMessage}
.value=${g(this.#i)}
@input=${this.#c}
@keydown=${this.#u}
@click=${this.#l}
@blur=${()=>this.#t?.close()}
></textarea>
<button
class="icon-button open-emoji"
type="button"
aria-label=${l.emoji}
title=${l.emoji}
aria-haspopup="dialog"
aria-expanded=${this.picking?`true`:`false`}
@mousedown=${s}
@click=${this.#p}
>
${m}
</button>
<button
class="send"
aria-label=${t}
title=${t}
aria-disabled=${a?`false`:`true`}
@mousedown=${s}
>
${f}
</button>
${this.#i?this.#n():``}
${this.picking?d`<div class="picker" tabindex="-1" role="dialog" aria-label=${l.emoji} @keydown=${this.#h} @focusout=${this.#g}>
<causerie-emoji-picker @causerie-emoji=${this.#_}></causerie-emoji-picker>
</div>`:``}
</form>
`}#n(){let e=y()===`send`,t=/^(Mac|iP)/.test(navigator.platform)?`⌘`:l.ctrlKey;return d`<button class="enter" type="button" title=${e?l.letEnterBreak:l.letEnterSend} @click=${()=>{b(e?`newline`:`send`),this.requestUpdate(),this.focusField()}}>
${e?l.enterSends:l.shortcutSends(t)}
</button>`}get#r(){return this.drafts.get(this.conversationId).edit}get#i(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#a(){return C(this.#i.trim(),this.textBytesMax)}get#o(){return(this.#a??0)<0}#s(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#c(){let e=this.field?.value??``;this.drafts.setText(this.conversationId,e),this.#l(),this.#r||this.#y(`causerie-typing`,e.trim()!==``)}async#l(){if(!this.#t){if(!/:\p{L}/u.test(this.field?.value??``))return;try{let{EmojiCompletion:e}=await import(`./emoji-completion-C3hPk67Y.js`);this.#t??=new e(this,()=>this.field,()=>this.#c())}catch{return}}await this.#t.update()}#u(e){if(e.isComposing||e.keyCode===229)return;let{key:t,shiftKey:n,ctrlKey:r,metaKey:i}=e,a=t===`Enter`&&(r||i||!n&&y()===`send`);if(this.#t?.key(e))e.preventDefault();else if(a)this.#d(e);else if(t===`Escape`&&this.#r)this.#f();else if(t===`ArrowUp`&&!this.#i&&!this.#r)this.#y(`causerie-edit-last`,void 0);else return;e.preventDefault()}#d(e){e.preventDefault(),this.focusField();let t=this.#i.trim(),n=this.#r;if(!(!t||this.#o||this.busy)){if(n)return this.#y(`causerie-save`,{...n,text:t});this.drafts.setText(this.conversationId,``),this.#y(`causerie-send`,t)}}#f(){this.drafts.endEdit(this.conversationId),this.focusField()}async#p(){if(this.picking)return this.#m();this.picking=!0;try{await import(`./emoji-picker-CAWMrpgP.js`),await this.updateComplete,this.picker?.focus()}catch{this.picking=!1}}#m(){this.picking=!1,this.focusField()}#h(e){e.key===`Escape`&&(e.preventDefault(),e.stopPropagation(),this.#m())}#g({relatedTarget:e,currentTarget:t}){e&&t.contains(e)||(this.picking=!1)}#_({detail:e}){let{field:t}=this;t&&(t.setRangeText(e,t.selectionStart,t.selectionEnd,`end`),this.#m(),this.#c())}#v(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,w)}px`),e.style.overflowY=e.scrollHeight>w?`auto`:`hidden`)}#y(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};n([u({attribute:!1})],T.prototype,`drafts`,void 0),n([u()],T.prototype,`conversationId`,void 0),n([u()],T.prototype,`notice`,void 0),n([u({type:Boolean})],T.prototype,`busy`,void 0),n([u({type:Number})],T.prototype,`textBytesMax`,void 0),n([a()],T.prototype,`picking`,void 0),n([t(`textarea`)],T.prototype,`field`,void 0),n([t(`causerie-emoji-picker`)],T.prototype,`picker`,void 0),T=n([e(`causerie-composer`)],T);