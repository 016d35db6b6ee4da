import{A as e,D as t,R as n,X as r,_ as i,_t as a,at as o,ct as s,ft as c,gt as l,it as u,nt as d,ot as f,rt as p,st as m,ut as h,z as g}from"./base-eeG3xdAI.js";import{n as _}from"./lit-C8whEw6j.js";var v=c` :host{position:relative;display:block;padding:8px 20px 16px}form,.notice,.editing,.limit{max-width:860px;margin-inline:auto}form{position:relative;display:flex;align-items:flex-end;gap:8px}textarea{display:block;flex:1;min-width:0;height:44px;max-height:168px;resize:none;padding-block:10.5px;padding-inline:18px 48px;border:1px solid var(--field-border);border-radius:22px;background:var(--field);line-height:1.4;scrollbar-width:thin}textarea::placeholder{color:var(--muted);opacity:1}textarea:focus-visible{outline:2px solid var(--accent);outline-offset:-1px}.open-emoji{position:absolute;inset-inline-end:54px;bottom:2px}.send{flex:none;width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity 0.12s,filter 0.12s}.send:hover{filter:brightness(1.1)}.send[aria-disabled="true"]{cursor:default;opacity:0.45;filter:none}.send .icon:dir(rtl){transform:scaleX(-1)}.enter{position:absolute;inset-inline-end:66px;bottom:-16px;font-size:0.6875rem;line-height:16px;color:var(--muted)}.enter:hover{text-decoration:underline}.notice{padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center}.editing{display:flex;align-items:center;gap:8px;padding-block:0 6px;padding-inline:14px 0;font-size:0.875rem;color:var(--accent)}.editing .icon{width:18px;height:18px}.editing span{flex:1}.editing .icon-button{width:32px;height:32px}.limit{padding:0 18px 6px;font-size:0.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}.limit.over{color:var(--danger)}.offered{position:absolute;z-index:3;inset-inline-start:0;bottom:calc(100% + 6px);min-width:220px;max-width:100%;padding:6px;border:1px solid var(--border);border-radius:14px;background:var(--raised);box-shadow:var(--shadow)}.offered li{display:flex;align-items:center;gap:10px;min-height:36px;padding:0 10px;border-radius:9px;cursor:pointer}.offered li[aria-selected="true"]{background:var(--hover)}.offered .character{font-size:1.25rem}.picker{position:absolute;z-index:3;inset-inline-end:0;bottom:calc(100% + 8px)}@media (pointer: coarse){textarea{font-size:1rem}.editing .icon-button{width:44px;height:44px}}@media (hover: none){.open-emoji,.enter{display:none}textarea{padding-inline-end:18px}}@media (forced-colors: active){textarea:focus-visible{outline-color:Highlight}.send,.notice{border:1px solid}.offered li[aria-selected="true"]{outline:2px solid Highlight}}@container messenger (max-width: 719px){:host{padding:6px 12px max(10px,env(safe-area-inset-bottom))}.enter{display:none}}`,y=`causerie.enter`;function b(){let e;try{e=i()?.getItem(y)}catch{}return e===`send`||e===`newline`?e:matchMedia(`(hover: none) and (pointer: coarse)`).matches?`newline`:`send`}function x(e){try{i()?.setItem(y,e)}catch{}}var S=.9,C=new TextEncoder;function w(e,t){if(!t||e.length*3<t*S)return;let n=C.encode(e).length;if(n<t*S)return;let r=[...e];if(n<=t)return Math.floor((t-n)*r.length/n);let[i,a]=[0,n];for(;a>t;)i+=1,a-=C.encode(r[r.length-i]).length;return-i}var T=168,E=class extends m{constructor(...e){super(...e),this.conversationId=``,this.notice=``,this.busy=!1,this.textBytesMax=0,this.picking=!1,this.#e=()=>{}}#e;#t;static{this.styles=[r,v]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#s()}updated(){this.#v()}render(){if(this.notice)return h`<p class="notice">${this.notice}</p>`;let r=this.#r,i=r?l.save:l.send,a=this.#a,o=this.#i.trim()!==``&&!this.#o&&!this.busy,c=this.#t?.offered.length?this.#t:void 0,u=e=>e.preventDefault();return h`
${r?h`<div class="editing">
${e}<span>${l.editing}</span>
<button class="icon-button" aria-label=${l.cancel} title=${l.cancel} @click=${this.#f}>${t}</button>
</div>`:``}
${this.#o?h`<p class="visually-hidden" role="alert">${l.tooLong}</p>`:``}
${a===void 0?``:h`<p class="limit ${a<0?`over`:``}" id="limit">
${a<0?l.charactersOver(-a):l.charactersLeft(a)}
</p>`}
<form part="composer" @submit=${this.#d}>
${c?.render()??``}
<textarea
rows="1"
dir="auto"
enterkeyhint=${b()===`send`?`send`:`enter`}
aria-label=${l.writeMessage}
aria-describedby=${a===void 0?s:`limit`}
aria-autocomplete="list"
aria-controls=${c?`offered`:s}
aria-activedescendant=${c?`emoji-${c.selected}`:s}
placeholder=${l.writeMessage}
.value=${_(this.#i)}
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
@mousedown=${u}
@click=${this.#p}
>
${g}
</button>
<button
class="send"
aria-label=${i}
title=${i}
aria-disabled=${o?`false`:`true`}
@mousedown=${u}
>
${n}
</button>
${this.#i?this.#n():``}
${this.picking?h`<div class="picker" tabindex="-1" role="dialog" aria-label=${l.emoji} @keydown=${this.#h} @focusout=${this.#g}>
<causerie-emoji-picker @causerie-emoji=${this.#_}></causerie-emoji-picker>
</div>`:``}
</form>
`}#n(){let e=b()===`send`,t=/^(Mac|iP)/.test(navigator.platform)?`⌘`:l.ctrlKey;return h`<button class="enter" type="button" title=${e?l.letEnterBreak:l.letEnterSend} @click=${()=>{x(e?`newline`:`send`),this.requestUpdate(),this.focusField()}}>
${e?l.enterSends:l.shortcutSends(t)}
</button>`}get#r(){return this.drafts.get(this.conversationId).edit}get#i(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#a(){return w(this.#i.trim(),this.textBytesMax)}get#o(){return(this.#a??0)<0}#s(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#c(){let e=this.field?.value??``;this.drafts.setText(this.conversationId,e),this.#l(),this.#r||this.#y(`causerie-typing`,e.trim()!==``)}async#l(){if(!this.#t){if(!/:\p{L}/u.test(this.field?.value??``))return;try{let{EmojiCompletion:e}=await a(async()=>{let{EmojiCompletion:e}=await import(`./emoji-completion-B_msPnR9.js`);return{EmojiCompletion:e}},[],import.meta.url);this.#t??=new e(this,()=>this.field,()=>this.#c())}catch{return}}await this.#t.update()}#u(e){if(e.isComposing||e.keyCode===229)return;let{key:t,shiftKey:n,ctrlKey:r,metaKey:i}=e,a=t===`Enter`&&(r||i||!n&&b()===`send`);if(this.#t?.key(e))e.preventDefault();else if(a)this.#d(e);else if(t===`Escape`&&this.#r)this.#f();else if(t===`ArrowUp`&&!this.#i&&!this.#r)this.#y(`causerie-edit-last`,void 0);else return;e.preventDefault()}#d(e){e.preventDefault(),this.focusField();let t=this.#i.trim(),n=this.#r;if(!(!t||this.#o||this.busy)){if(n)return this.#y(`causerie-save`,{...n,text:t});this.drafts.setText(this.conversationId,``),this.#y(`causerie-send`,t)}}#f(){this.drafts.endEdit(this.conversationId),this.focusField()}async#p(){if(this.picking)return this.#m();this.picking=!0;try{await a(()=>import(`./emoji-picker-empKYfCt.js`),[],import.meta.url),await this.updateComplete,this.picker?.focus()}catch{this.picking=!1}}#m(){this.picking=!1,this.focusField()}#h(e){e.key===`Escape`&&(e.preventDefault(),e.stopPropagation(),this.#m())}#g({relatedTarget:e,currentTarget:t}){e&&t.contains(e)||(this.picking=!1)}#_({detail:e}){let{field:t}=this;t&&(t.setRangeText(e,t.selectionStart,t.selectionEnd,`end`),this.#m(),this.#c())}#v(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,T)}px`),e.style.overflowY=e.scrollHeight>T?`auto`:`hidden`)}#y(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};d([o({attribute:!1})],E.prototype,`drafts`,void 0),d([o()],E.prototype,`conversationId`,void 0),d([o()],E.prototype,`notice`,void 0),d([o({type:Boolean})],E.prototype,`busy`,void 0),d([o({type:Number})],E.prototype,`textBytesMax`,void 0),d([u()],E.prototype,`picking`,void 0),d([p(`textarea`)],E.prototype,`field`,void 0),d([p(`causerie-emoji-picker`)],E.prototype,`picker`,void 0),E=d([f(`causerie-composer`)],E);