const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./index-DByRhP-Q.css"])))=>i.map(i=>d[i]);
import{$ as e,C as t,G as n,I as r,N as i,W as a,_t as o,at as s,ct as c,dt as l,ft as u,g as d,gt as f,lt as p,ot as m,pt as h,st as g,ut as _}from"./index-BYLA7pff.js";var v=h` :host{position:relative;display:block;padding:8px 20px 16px}form,.notice,.editing,.limit{max-width:860px;margin-inline:auto}form{position:relative;display:flex;align-items:flex-end;gap:8px}textarea{display:block;flex:1;min-width:0;height:44px;max-height:168px;resize:none;padding-block:10.5px;padding-inline:18px 48px;border:1px solid var(--field-border);border-radius:22px;background:var(--field);line-height:1.4;scrollbar-width:thin}textarea::placeholder{color:var(--muted);opacity:1}textarea:focus-visible{outline:2px solid var(--accent);outline-offset:-1px}.open-emoji{position:absolute;inset-inline-end:54px;bottom:2px}.send{flex:none;width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity 0.12s,filter 0.12s}.send:hover{filter:brightness(1.1)}.send[aria-disabled="true"]{cursor:default;opacity:0.45;filter:none}.send .icon:dir(rtl){transform:scaleX(-1)}.enter{position:absolute;inset-inline-end:66px;bottom:-16px;font-size:0.6875rem;line-height:16px;color:var(--muted)}.enter:hover{text-decoration:underline}.notice{padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center}.editing{display:flex;align-items:center;gap:8px;padding-block:0 6px;padding-inline:14px 0;font-size:0.875rem;color:var(--accent)}.editing .icon{width:18px;height:18px}.editing span{flex:1}.editing .icon-button{width:32px;height:32px}.limit{padding:0 18px 6px;font-size:0.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}.limit.over{color:var(--danger)}.offered{position:absolute;z-index:3;inset-inline-start:0;bottom:calc(100% + 6px);min-width:220px;max-width:100%;padding:6px;border:1px solid var(--border);border-radius:14px;background:var(--raised);box-shadow:var(--shadow)}.offered li{display:flex;align-items:center;gap:10px;min-height:36px;padding:0 10px;border-radius:9px;cursor:pointer}.offered li[aria-selected="true"]{background:var(--hover)}.offered .character{font-size:1.25rem}.picker{position:absolute;z-index:3;inset-inline-end:0;bottom:calc(100% + 8px)}@media (pointer: coarse){textarea{font-size:1rem}.editing .icon-button{width:44px;height:44px}}@media (hover: none){.open-emoji,.enter{display:none}textarea{padding-inline-end:18px}}@media (forced-colors: active){textarea:focus-visible{outline-color:Highlight}.send,.notice{border:1px solid}.offered li[aria-selected="true"]{outline:2px solid Highlight}}@container messenger (max-width: 719px){:host{padding:6px 12px max(10px,env(safe-area-inset-bottom))}.enter{display:none}}`,y=`causerie.enter`;function b(){let e;try{e=t()?.getItem(y)}catch{}return e===`send`||e===`newline`?e:matchMedia(`(hover: none) and (pointer: coarse)`).matches?`newline`:`send`}function x(e){try{t()?.setItem(y,e)}catch{}}var S=.9,C=new TextEncoder;function w(e,t){if(!t||e.length*3<t*S)return;let n=C.encode(e).length;if(n<t*S)return;let r=[...e];if(n<=t)return Math.floor((t-n)*r.length/n);let[i,a]=[0,n];for(;a>t;)i+=1,a-=C.encode(r[r.length-i]).length;return-i}var T=168,E=class extends _{constructor(...e){super(...e),this.conversationId=``,this.notice=``,this.busy=!1,this.textBytesMax=0,this.picking=!1,this.#e=()=>{}}#e;#t;static{this.styles=[e,v]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#s()}updated(){this.#v()}render(){if(this.notice)return u`<p class="notice">${this.notice}</p>`;let e=this.#r,t=e?f.save:f.send,o=this.#a,s=this.#i.trim()!==``&&!this.#o&&!this.busy,c=this.#t?.offered.length?this.#t:void 0,p=e=>e.preventDefault();return u`
${e?u`<div class="editing">
${r}<span>${f.editing}</span>
<button class="icon-button" aria-label=${f.cancel} title=${f.cancel} @click=${this.#f}>${i}</button>
</div>`:``}
${this.#o?u`<p class="visually-hidden" role="alert">${f.tooLong}</p>`:``}
${o===void 0?``:u`<p class="limit ${o<0?`over`:``}" id="limit">
${o<0?f.charactersOver(-o):f.charactersLeft(o)}
</p>`}
<form part="composer" @submit=${this.#d}>
${c?.render()??``}
<textarea
rows="1"
dir="auto"
enterkeyhint=${b()===`send`?`send`:`enter`}
aria-label=${f.writeMessage}
aria-describedby=${o===void 0?l:`limit`}
aria-autocomplete="list"
aria-controls=${c?`offered`:l}
aria-activedescendant=${c?`emoji-${c.selected}`:l}
placeholder=${f.writeMessage}
.value=${d(this.#i)}
@input=${this.#c}
@keydown=${this.#u}
@click=${this.#l}
@blur=${()=>this.#t?.close()}
></textarea>
<button
class="icon-button open-emoji"
type="button"
aria-label=${f.emoji}
title=${f.emoji}
aria-haspopup="dialog"
aria-expanded=${this.picking?`true`:`false`}
@mousedown=${p}
@click=${this.#p}
>
${n}
</button>
<button
class="send"
aria-label=${t}
title=${t}
aria-disabled=${s?`false`:`true`}
@mousedown=${p}
>
${a}
</button>
${this.#i?this.#n():``}
${this.picking?u`<div class="picker" tabindex="-1" role="dialog" aria-label=${f.emoji} @keydown=${this.#h} @focusout=${this.#g}>
<causerie-emoji-picker @causerie-emoji=${this.#_}></causerie-emoji-picker>
</div>`:``}
</form>
`}#n(){let e=b()===`send`,t=/^(Mac|iP)/.test(navigator.platform)?`⌘`:f.ctrlKey;return u`<button class="enter" type="button" title=${e?f.letEnterBreak:f.letEnterSend} @click=${()=>{x(e?`newline`:`send`),this.requestUpdate(),this.focusField()}}>
${e?f.enterSends:f.shortcutSends(t)}
</button>`}get#r(){return this.drafts.get(this.conversationId).edit}get#i(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#a(){return w(this.#i.trim(),this.textBytesMax)}get#o(){return(this.#a??0)<0}#s(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#c(){let e=this.field?.value??``;this.drafts.setText(this.conversationId,e),this.#l(),this.#r||this.#y(`causerie-typing`,e.trim()!==``)}async#l(){if(!this.#t){if(!/:\p{L}/u.test(this.field?.value??``))return;try{let{EmojiCompletion:e}=await o(async()=>{let{EmojiCompletion:e}=await import(`./emoji-completion-D59uoyZ1.js`);return{EmojiCompletion:e}},__vite__mapDeps([0]),import.meta.url);this.#t??=new e(this,()=>this.field,()=>this.#c())}catch{return}}await this.#t.update()}#u(e){if(e.isComposing||e.keyCode===229)return;let{key:t,shiftKey:n,ctrlKey:r,metaKey:i}=e,a=t===`Enter`&&(r||i||!n&&b()===`send`);if(this.#t?.key(e))e.preventDefault();else if(a)this.#d(e);else if(t===`Escape`&&this.#r)this.#f();else if(t===`ArrowUp`&&!this.#i&&!this.#r)this.#y(`causerie-edit-last`,void 0);else return;e.preventDefault()}#d(e){e.preventDefault(),this.focusField();let t=this.#i.trim(),n=this.#r;if(!(!t||this.#o||this.busy)){if(n)return this.#y(`causerie-save`,{...n,text:t});this.drafts.setText(this.conversationId,``),this.#y(`causerie-send`,t)}}#f(){this.drafts.endEdit(this.conversationId),this.focusField()}async#p(){if(this.picking)return this.#m();this.picking=!0;try{await o(()=>import(`./emoji-picker-U0IcfRz_.js`),__vite__mapDeps([0]),import.meta.url),await this.updateComplete,this.picker?.focus()}catch{this.picking=!1}}#m(){this.picking=!1,this.focusField()}#h(e){e.key===`Escape`&&(e.preventDefault(),e.stopPropagation(),this.#m())}#g({relatedTarget:e,currentTarget:t}){e&&t.contains(e)||(this.picking=!1)}#_({detail:e}){let{field:t}=this;t&&(t.setRangeText(e,t.selectionStart,t.selectionEnd,`end`),this.#m(),this.#c())}#v(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,T)}px`),e.style.overflowY=e.scrollHeight>T?`auto`:`hidden`)}#y(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};s([c({attribute:!1})],E.prototype,`drafts`,void 0),s([c()],E.prototype,`conversationId`,void 0),s([c()],E.prototype,`notice`,void 0),s([c({type:Boolean})],E.prototype,`busy`,void 0),s([c({type:Number})],E.prototype,`textBytesMax`,void 0),s([g()],E.prototype,`picking`,void 0),s([m(`textarea`)],E.prototype,`field`,void 0),s([m(`causerie-emoji-picker`)],E.prototype,`picker`,void 0),E=s([p(`causerie-composer`)],E);