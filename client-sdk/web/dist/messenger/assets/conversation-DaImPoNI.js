const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./index-DByRhP-Q.css"])))=>i.map(i=>d[i]);
import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,A as n,C as r,D as i,E as a,F as o,G as s,H as c,J as l,K as u,L as d,O as f,Q as p,R as m,S as h,T as ee,U as g,V as _,W as v,X as y,Y as b,Z as x,_ as te,b as S,c as ne,d as C,et as w,f as re,g as ie,h as ae,i as oe,l as se,m as ce,p as le,q as ue,u as de,v as fe,x as pe,y as T,z as me}from"./index-aE7f8jQ0.js";function E(){return document.visibilityState===`visible`&&document.hasFocus()}var he=class{constructor(e,t){this.read=t,this.seen=()=>{E()&&this.read()},e.addController(this)}hostConnected(){addEventListener(`focus`,this.seen),document.addEventListener(`visibilitychange`,this.seen)}hostDisconnected(){removeEventListener(`focus`,this.seen),document.removeEventListener(`visibilitychange`,this.seen)}},ge=y` :host{position:relative;display:block;padding:8px 20px 16px}form,.editing,.limit{max-width:860px;margin-inline:auto}form{position:relative;display:flex;align-items:flex-end;gap:8px}textarea{display:block;flex:1;min-width:0;height:44px;max-height:168px;resize:none;--emoji-space:48px;padding:10.5px var(--emoji-space) 10.5px 18px;border:1px solid var(--field-border);border-radius:22px;background:var(--field);line-height:1.4;scrollbar-width:thin}form:dir(rtl) textarea{padding:10.5px 18px 10.5px var(--emoji-space)}textarea::placeholder{color:var(--muted);opacity:1}textarea:focus-visible{outline:2px solid var(--accent);outline-offset:-1px}.open-emoji{position:absolute;inset-inline-end:54px;bottom:2px}.send{flex:none;width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity 0.12s,filter 0.12s}.send:hover{filter:brightness(1.1)}.send[aria-disabled="true"]{cursor:default;opacity:0.45;filter:none}.send .icon:dir(rtl){transform:scaleX(-1)}.enter{position:absolute;inset-inline-end:66px;bottom:-16px;font-size:0.6875rem;line-height:16px;color:var(--muted)}.enter::after{content:"";position:absolute;inset:-8px 0 0}.enter:hover{text-decoration:underline}.editing{display:flex;align-items:center;gap:8px;padding-block:0 6px;padding-inline:14px 0;font-size:0.875rem;color:var(--accent)}.editing .icon{width:18px;height:18px}.editing span{flex:1}.editing .icon-button{width:32px;height:32px}.limit{padding:0 18px 6px;font-size:0.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}.limit.over{color:var(--danger)}.offered{position:absolute;z-index:3;inset-inline-start:0;bottom:calc(100% + 6px);min-width:220px;max-width:100%;padding:6px;border:1px solid var(--border);border-radius:14px;background:var(--raised);box-shadow:var(--shadow)}.offered li{display:flex;align-items:center;gap:10px;min-height:36px;padding:0 10px;border-radius:9px;cursor:pointer}.offered li[aria-selected="true"]{background:var(--hover)}.offered .character{font-size:1.25rem}.picker{position:absolute;z-index:3;inset-inline-end:0;bottom:calc(100% + 8px)}@media (pointer: coarse){textarea{font-size:1rem}.editing .icon-button{width:44px;height:44px}}@media (hover: none){.open-emoji,.enter{display:none}textarea{--emoji-space:18px}}@media (forced-colors: active){textarea:focus-visible{outline-color:Highlight}.send{border:1px solid}.offered li[aria-selected="true"]{outline:2px solid Highlight}}@container messenger (max-width: 719px){:host{padding:6px 12px max(10px,env(safe-area-inset-bottom))}.enter{display:none}}`,D=f(`M15 5l-7 7 7 7`),O=n(`M4.5 12h7M4.5 4.5l16 7.5-16 7.5 2.6-7.5z`),k=n(`M6 6l12 12M18 6L6 18`),A=n(`M6 12h.01M12 12h.01M18 12h.01`),j=n(`M4 20h4L19 9l-4-4L4 16zM13 7l4 4`),_e=n(`M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM8.500 14a4.200 4.200 0 0 0 7 0M9 9.500h.01M15 9.500h.01`),ve=n(`M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4l2.5 2`),M=n(`M5 12.5l4.5 4.5L19 7.5`),ye=n(`M2 12.5L6.5 17 15 8M11.5 16.5l.5.5L21 8`),be=n(`M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4.5M12 15.7h.01`),N=`causerie.enter`;function P(){let e;try{e=a()?.getItem(N)}catch{}return e===`send`||e===`newline`?e:matchMedia(`(hover: none) and (pointer: coarse)`).matches?`newline`:`send`}function xe(e){try{a()?.setItem(N,e)}catch{}}var F=.9,I=new TextEncoder;function Se(e,t){if(!t||e.length*3<t*F)return;let n=I.encode(e).length;if(n<t*F)return;let r=[...e];if(n<=t)return Math.floor((t-n)*r.length/n);let[i,a]=[0,n];for(;a>t;)i+=1,a-=I.encode(r[r.length-i]).length;return-i}var L=168,R=class extends ue{constructor(...e){super(...e),this.conversationId=``,this.busy=!1,this.textBytesMax=0,this.picking=!1,this.#e=()=>{}}#e;#t;static{this.styles=[d,ge]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#s()}updated(){this.#v()}render(){let e=this.#r,n=e?t.save:t.send,r=this.#a,i=this.#i.trim()!==``&&!this.#o&&!this.busy,a=this.#t?.offered.length?this.#t:void 0,o=e=>e.preventDefault();return b`
${e?b`<div class="editing">
${j}<span>${t.editing}</span>
<button class="icon-button" aria-label=${t.cancel} title=${t.cancel} @click=${this.#f}>${k}</button>
</div>`:``}
${this.#o?b`<p class="visually-hidden" role="alert">${t.tooLong}</p>`:``}
${r===void 0?``:b`<p class="limit ${r<0?`over`:``}" id="limit">
${r<0?t.charactersOver(-r):t.charactersLeft(r)}
</p>`}
<form part="composer" @submit=${this.#d}>
${a?.render()??``}
<textarea
rows="1"
dir="auto"
enterkeyhint=${P()===`send`?`send`:`enter`}
aria-label=${t.writeMessage}
aria-describedby=${r===void 0?l:`limit`}
aria-autocomplete="list"
aria-controls=${a?`offered`:l}
aria-activedescendant=${a?`emoji-${a.selected}`:l}
placeholder=${t.writeMessage}
.value=${fe(this.#i)}
@input=${this.#c}
@keydown=${this.#u}
@click=${this.#l}
@blur=${()=>this.#t?.close()}
></textarea>
<button
class="icon-button open-emoji"
type="button"
aria-label=${t.emoji}
title=${t.emoji}
aria-haspopup="dialog"
aria-expanded=${this.picking?`true`:`false`}
@mousedown=${o}
@click=${this.#p}
>
${_e}
</button>
<button
class="send"
aria-label=${n}
title=${n}
aria-disabled=${i?`false`:`true`}
@mousedown=${o}
>
${O}
</button>
${this.#i?this.#n():``}
${this.picking?b`<div class="picker" tabindex="-1" role="dialog" aria-label=${t.emoji} @keydown=${this.#h} @focusout=${this.#g}>
<causerie-emoji-picker @causerie-emoji=${this.#_}></causerie-emoji-picker>
</div>`:``}
</form>
`}#n(){let e=P()===`send`,n=/^(Mac|iP)/.test(navigator.platform)?`⌘`:t.ctrlKey;return b`<button class="enter" type="button" title=${e?t.letEnterBreak:t.letEnterSend} @click=${()=>{xe(e?`newline`:`send`),this.requestUpdate(),this.focusField()}}>
${e?t.enterSends:t.shortcutSends(n)}
</button>`}get#r(){return this.drafts.get(this.conversationId).edit}get#i(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#a(){return Se(this.#i.trim(),this.textBytesMax)}get#o(){return(this.#a??0)<0}#s(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#c(){let e=this.field?.value??``;this.drafts.setText(this.conversationId,e),this.#l(),this.#r||this.#y(`causerie-typing`,e.trim()!==``)}async#l(){if(!this.#t){if(!/:\p{L}/u.test(this.field?.value??``))return;try{let{EmojiCompletion:e}=await w(async()=>{let{EmojiCompletion:e}=await import(`./emoji-completion-32zoJB_9.js`);return{EmojiCompletion:e}},__vite__mapDeps([0]),import.meta.url);this.#t??=new e(this,()=>this.field,()=>this.#c())}catch{return}}await this.#t.update()}#u(e){if(e.isComposing||e.keyCode===229)return;let{key:t,shiftKey:n,ctrlKey:r,metaKey:i}=e,a=t===`Enter`&&(r||i||!n&&P()===`send`);if(this.#t?.key(e))e.preventDefault();else if(a)this.#d(e);else if(t===`Escape`&&this.#r)this.#f();else if(t===`ArrowUp`&&!this.#i&&!this.#r)this.#y(`causerie-edit-last`,void 0);else return;e.preventDefault()}#d(e){e.preventDefault(),this.focusField();let t=this.#i.trim(),n=this.#r;if(!(!t||this.#o||this.busy)){if(n)return this.#y(`causerie-save`,{...n,text:t});this.drafts.setText(this.conversationId,``),this.#y(`causerie-send`,t)}}#f(){this.drafts.endEdit(this.conversationId),this.focusField()}async#p(){if(this.picking)return this.#m();this.picking=!0;try{await w(()=>import(`./emoji-picker-DyY0LjVk.js`),__vite__mapDeps([0]),import.meta.url),await this.updateComplete,this.picker?.focus()}catch{this.picking=!1}}#m(){this.picking=!1,this.focusField()}#h(e){e.key===`Escape`&&(e.preventDefault(),e.stopPropagation(),this.#m())}#g({relatedTarget:e,currentTarget:t}){e&&t.contains(e)||(this.picking=!1)}#_({detail:e}){let{field:t}=this;t&&(t.setRangeText(e,t.selectionStart,t.selectionEnd,`end`),this.#m(),this.#c())}#v(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,L)}px`),e.style.overflowY=e.scrollHeight>L?`auto`:`hidden`)}#y(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};c([s({attribute:!1})],R.prototype,`drafts`,void 0),c([s()],R.prototype,`conversationId`,void 0),c([s({type:Boolean})],R.prototype,`busy`,void 0),c([s({type:Number})],R.prototype,`textBytesMax`,void 0),c([v()],R.prototype,`picking`,void 0),c([g(`textarea`)],R.prototype,`field`,void 0),c([g(`causerie-emoji-picker`)],R.prototype,`picker`,void 0),R=c([u(`causerie-composer`)],R);function z(e){return e?.online?t.online:e?.lastSeenAt?t.lastSeen(Ce(e.lastSeenAt,new Date)):e?t.offline:``}function Ce(e,t){let n=new Intl.RelativeTimeFormat(p,{numeric:`auto`}),r=Math.max(Math.round((t.getTime()-e.getTime())/6e4),0);return r<60?n.format(-r,`minute`):r<1440?n.format(-Math.round(r/60),`hour`):n.format(-Math.round(r/1440),`day`)}var B=class extends _{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await w(()=>import(`./conversation-actions-CDdlA1D5.js`).then(e=>e.t),__vite__mapDeps([0]),import.meta.url),await this.actions.updateComplete,await this.popup?.show(t.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,t.loadFailed)}}}static{this.styles=[d,y` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}firstUpdated(){w(async()=>{let{EachMinute:e}=await import(`./passing-time-ethL57Yq.js`).then(e=>e.r);return{EachMinute:e}},__vite__mapDeps([0]),import.meta.url).then(({EachMinute:e})=>new e(this),()=>{})}willUpdate(e){super.willUpdate(e),e.has(`conversation`)&&e.get(`conversation`)?.id!==this.conversation?.id&&this.popup?.close?.()}render(){let{conversation:e,client:n}=this,i=e?h(e,n.me?.id):this.user,a=e?r(e,n.me?.id):S(i),o=i!==void 0&&(n.presence(i.id)?.online??!1);return b`<header part="header">
<button class="icon-button back" aria-label=${t.back} title=${t.back} @click=${()=>this.#r(`causerie-back`)}>
${D}
</button>
<div class="about"><causerie-avatar
.name=${a}
.key=${i?T(i):e?.id??``}
.kind=${i?`user`:e?.kind===`group`?`group`:`note`}
?online=${o}
></causerie-avatar>
<div class="titles">
<h2 class="clip" dir="auto" title=${a} tabindex="-1">${this.#t(a)}</h2>
<p class="muted clip ${o?`online`:``}">${this.#n(i)}</p>
</div></div>
${e?b`<button
class="icon-button more"
aria-label=${t.conversationActions}
title=${t.conversationActions}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#e}
>
${A}
</button>
<causerie-popup></causerie-popup>
<causerie-conversation-actions
.client=${n}
.conversation=${e}
@causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
></causerie-conversation-actions>`:``}
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:b`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:n,client:r}=this;if(n?.kind===`group`){let e=n.members.map(({user:e})=>e.id===r.me?.id?t.you:S(e));return`${t.members(n.memberCount)} · ${e.join(t.comma)}`}if(!e)return``;let i=z(r.presence(e.id));return e.about?b`<bdi>${e.about}</bdi>${i&&` · ${i}`}`:i}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};c([s({attribute:!1})],B.prototype,`conversation`,void 0),c([s({attribute:!1})],B.prototype,`user`,void 0),c([s({type:Boolean})],B.prototype,`details`,void 0),c([g(`h2`)],B.prototype,`heading`,void 0),c([g(`.more`)],B.prototype,`menuButton`,void 0),c([g(`causerie-popup`)],B.prototype,`popup`,void 0),c([g(`causerie-conversation-actions`)],B.prototype,`actions`,void 0),B=c([u(`causerie-chat-header`)],B);function V(e,n){let r=se(e,n);return r<=0?t.today:r===1?t.yesterday:r<7?C(e,{weekday:`long`}):e.getFullYear()===n.getFullYear()?C(e,{day:`numeric`,month:`long`}):C(e,{day:`numeric`,month:`long`,year:`numeric`})}var we=20,H=new WeakMap;async function Te(e,t){let n=H.get(e);if(n||H.set(e,n=new Set),!n.has(t)){n.add(t);try{let n=``;for(let r=0;r<we;r++)if({nextCursor:n}=await e.listMembers(t,n),!n)return}catch{n.delete(t)}}}var Ee=3,De=/\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|(?:\p{Emoji_Presentation}|\p{Emoji_Modifier_Base}(?=\p{EMod})|\p{Extended_Pictographic}(?=\uFE0F|\u200D))(?:\p{EMod}|\uFE0F)?[\u{E0020}-\u{E007F}]*(?:\u200D\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)?)*/gu;function Oe(e){if(!e||e.length>120)return!1;let t=e.match(De)?.length??0;return t>0&&t<=Ee&&e.replace(De,``).trim()===``}var ke=/(?:https?:\/\/|(?<![\p{L}\p{N}@./_-])www\.(?=[\p{L}\p{N}-]+\.\p{L}))[^\s<>"'`\p{Bidi_Control}]+/giu,Ae=new Set(`.,;:!?»”’…`),je=new Map([[`)`,`(`],[`]`,`[`],[`}`,`{`]]);function Me(e){let t=new Map,n=e=>t.get(e)??0;for(let r of e)t.set(r,n(r)+1);let r=e.length;for(;r>0;r--){let i=e[r-1]??``,a=je.get(i);if(a===void 0?!Ae.has(i):n(i)<=n(a))break;t.set(i,n(i)-1)}return e.slice(0,r)}function Ne(e){let t=[],n=0;for(let r of e.matchAll(ke)){let i=Me(r[0]),a=/^www\./i.test(i)?`https://${i}`:i;if(!URL.canParse(a))continue;let{username:o,password:s}=new URL(a);o||s||(r.index>n&&t.push({text:e.slice(n,r.index),href:void 0}),t.push({text:i,href:a}),n=r.index+i.length)}return n<e.length&&t.push({text:e.slice(n),href:void 0}),t}var Pe=450,Fe=10,Ie=class{#e;#t={x:0,y:0};#n=!1;constructor(e,t){this.host=e,this.pressed=t,e.addController(this)}hostConnected(){this.host.addEventListener(`pointerdown`,this.#r),this.host.addEventListener(`pointermove`,this.#i);for(let e of[`pointerup`,`pointercancel`,`pointerleave`])this.host.addEventListener(e,this.#a);this.host.addEventListener(`contextmenu`,this.#o)}hostDisconnected(){this.#a(),this.host.removeEventListener(`pointerdown`,this.#r),this.host.removeEventListener(`pointermove`,this.#i);for(let e of[`pointerup`,`pointercancel`,`pointerleave`])this.host.removeEventListener(e,this.#a);this.host.removeEventListener(`contextmenu`,this.#o)}#r=e=>{let{pointerType:t,isPrimary:n,clientX:r,clientY:i}=e,a=e.composedPath().some(e=>e instanceof HTMLAnchorElement||e instanceof HTMLButtonElement);this.#n=t===`touch`&&!a,this.#a(),this.#n&&n&&(this.#t={x:r,y:i},this.#e=setTimeout(this.pressed,Pe))};#i=e=>{let{clientX:t,clientY:n}=e;Math.hypot(t-this.#t.x,n-this.#t.y)>Fe&&this.#a()};#a=()=>clearTimeout(this.#e);#o=e=>{this.#n&&e.preventDefault()}},Le=y` .day,.new{display:flex;justify-content:center;margin:18px 0 8px;font-size:0.8125rem;font-weight:600;color:var(--muted)}.day span{padding:3px 12px;border-radius:12px;background:var(--field)}.new{align-items:center;gap:12px;color:var(--accent)}.new::before,.new::after{content:"";flex:1;height:1px;background:color-mix(in srgb,var(--accent) 35%,transparent)}`,Re=y` :host{display:block;padding-top:2px}:host([first]){padding-top:10px}.row{display:flex;align-items:center;gap:4px;--avatar-size:28px}:host([own]) .row{flex-direction:row-reverse}.with-face{position:relative;padding-inline-start:36px}.with-face causerie-avatar{position:absolute;bottom:0;inset-inline-start:0}.bubble{--corner:6px;position:relative;max-width:min(78%,620px);min-width:0;padding:8px 14px;border-radius:var(--radius);background:var(--bubble);overflow-wrap:anywhere}.with-face .bubble{max-width:min(86%,620px)}:host(:not([own])) .bubble{border-end-start-radius:var(--corner)}:host(:not([own]):not([first])) .bubble{border-start-start-radius:var(--corner)}:host(:not([own])[last]) .bubble{border-end-start-radius:var(--radius)}:host([own]) .bubble{border-end-end-radius:var(--corner);background:var(--bubble-own);color:var(--on-bubble-own)}:host([own]:not([first])) .bubble{border-start-end-radius:var(--corner)}:host([own][last]) .bubble{border-end-end-radius:var(--radius)}.bubble.gone,:host([own]) .bubble.gone{background:none;border:1px solid var(--border);color:var(--muted);padding:7px 13px}.gone .text{font-style:italic}:host([own]) .bubble.failed{background:var(--danger-soft);color:var(--text)}:host(:focus-visible){outline:none}:host(:focus-visible) .bubble{outline:2px solid var(--accent);outline-offset:2px}@media (forced-colors: active){.bubble{border:1px solid;padding:7px 13px}:host([own]) .bubble{border-width:2px;padding:6px 12px}:host(:focus-visible) .bubble{outline-color:Highlight}.day span,.readers{border:1px solid}}`,ze=y` .author{font-size:0.8125rem;font-weight:600;color:light-dark(oklch(0.46 0.13 var(--hue)),oklch(0.82 0.09 var(--hue)))}.author .unknown{display:block;width:96px;height:10px;margin:5px 0;border-radius:5px;background:var(--border)}.body{display:flow-root;overflow:clip;overflow-clip-margin:6px}.text{display:inline;white-space:pre-wrap}.expand{display:block;min-height:28px;font-weight:650;text-decoration:underline;text-underline-offset:3px}.large .text{font-size:2.2rem;line-height:1.25}a{color:inherit;text-decoration:underline;text-underline-offset:2px;direction:ltr;unicode-bidi:isolate}.meta{float:inline-end;display:inline-flex;align-items:center;gap:5px;margin-block:5px -2px;margin-inline:12px -3px;font-size:0.6875rem;line-height:1.4;color:var(--muted);white-space:nowrap;font-variant-numeric:tabular-nums;user-select:none}.large .meta{margin-top:26px}:host([own]) .meta{color:var(--muted-own)}:host([own]) .gone .meta{color:var(--muted)}:host([own]) .failed .meta{color:var(--danger)}.progress .icon{width:15px;height:15px;stroke-width:2.2}`,Be=y` .readers{display:flex;align-items:center;gap:2px;min-height:24px;margin-inline-start:auto;padding:2px 4px;border-radius:12px;font-size:0.75rem;color:var(--muted);--avatar-size:18px}.waiting{padding:3px 4px 2px;font-size:0.8125rem;color:var(--muted);text-align:end}.failure{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:4px 12px;padding:4px 4px 2px;font-size:0.8125rem;color:var(--danger)}.failure button{min-height:24px;font-weight:650;text-decoration:underline;text-underline-offset:3px}.actions{width:32px;height:32px;opacity:0}.actions .icon{stroke-width:2.8}.row:hover .actions,:host(:focus) .actions,.actions:focus-visible,.actions[aria-expanded="true"]{opacity:1}@media (hover: none){.row{position:relative}.bubble{user-select:none;-webkit-user-select:none;-webkit-touch-callout:none}.actions:not(:focus-visible){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.failure button{min-height:44px}}`,Ve=[ie,Le,Re,ze,Be],He=[],Ue=5;function We(e,n,r){let i=t.readBy(e.map(({name:e})=>e).join(t.comma)),a=e.length-Ue;return b`<button class="readers" tabindex=${n?0:-1} aria-label=${i} title=${i} @click=${r}>
${e.slice(0,Ue).map(({name:e,colour:t})=>b`<causerie-avatar .name=${e.split(` `,1)[0]??``} .key=${t}></causerie-avatar>`)}
${a>0?b`<span>+${de(a)}</span>`:``}
</button>`}var Ge=5e3,U=3e3,W=class extends ue{constructor(){super(),this.own=!1,this.first=!1,this.last=!1,this.day=``,this.startsNew=!1,this.author=``,this.colour=``,this.progress=``,this.readers=He,this.actionable=!1,this.active=!1,this.timeZone=``,this.expanded=!1,this.#a=({text:e,href:t})=>t===void 0?e:b`<a href=${t} target="_blank" rel="noopener noreferrer nofollow" tabindex=${this.active?0:-1}>${e}</a>`,new Ie(this,()=>this.actionable&&this.#u(this.bubble,this))}static{this.styles=[d,Ve]}#e;openMenu(){this.actionable&&this.#u(this.bubble,this)}flash(){let e=matchMedia(`(prefers-reduced-motion: reduce)`).matches,t=`0 0 0 3px var(--accent)`,n=e?[{boxShadow:t},{boxShadow:t}]:[{boxShadow:t},{boxShadow:t},{boxShadow:`none`}];this.bubble.animate(n,{duration:1800,easing:`ease-out`})}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#e)}updated(){clearTimeout(this.#e);let{outgoing:e}=this;!e||this.progress!==`sending`||this.#t||(this.#e=setTimeout(()=>this.requestUpdate(),e.createdAt.getTime()+Ge-Date.now()))}get#t(){return this.progress===`sending`&&Date.now()-(this.outgoing?.createdAt.getTime()??0)>=Ge}render(){let{message:e,outgoing:n,colour:r}=this,i=e?.sentAt??n?.createdAt??new Date,a=e?.text??n?.text??``,o=e?.deletedAt!==void 0,s=!o&&Oe(a),c=`${o?`gone`:``} ${s?`large`:``} ${this.progress===`failed`?`failed`:``}`;return b`
${this.day?b`<h3 class="day"><span>${this.day}</span></h3>`:``}
${this.startsNew?b`<p class="new">${t.newMessages}</p>`:``}
<div class="row ${r?`with-face`:``}">
${r&&this.last?b`<causerie-avatar .name=${this.author??``} .key=${r}></causerie-avatar>`:``}
<div class="bubble ${c}" part=${this.own?`bubble own-bubble`:`bubble`}>
<span class="visually-hidden"><bdi>${this.#r(i,o)}</bdi></span>
${r&&this.first?this.#i():``}
<div class="body" dir="auto">
<p class="text">${o?t.deleted:this.#n(a)}</p>
<span class="meta" aria-hidden="true">
${e?.editedAt&&!o?b`<span>${t.edited}</span>`:``}
<time dir="auto" datetime=${i.toISOString()} title=${re(i)}>${ce(i)}</time>
${o?``:this.#s()}
</span>
</div>
</div>
${this.actionable?this.#l():``}
</div>
${this.readers.length&&e?We(this.readers,this.active,()=>this.#d(`causerie-details`,e)):``}
${this.progress===`failed`?this.#c():``}
${this.#t?b`<p class="waiting">${t.waitingForConnection}</p>`:``}
`}#n(e){if(!(!this.expanded&&e.length>U*1.2))return Ne(e).map(this.#a);let n=e.slice(0,U).search(/\s\S*$/),r=e.slice(0,n>0?n:U);return b`${Ne(r).map(this.#a)}…<button class="expand" tabindex=${this.active?0:-1} @click=${()=>{this.expanded=!0}}
>${t.showAll}</button
>`}#r(e,n){let[,r=``]=n||!this.progress?[]:this.#o(this.progress),i=this.message?.editedAt&&!n?t.edited:``;return[this.own?t.you:this.author??``,ce(e),i,r.toLocaleLowerCase(p)].filter(Boolean).join(t.comma)}#i(){return b`<p class="author c${te(this.colour)}" aria-hidden="true"
>${this.author===void 0?b`<i class="unknown"></i>`:b`<bdi>${this.author}</bdi>`}</p
>`}#a;#o(e){return{sending:[ve,t.sending],sent:[M,t.sent],read:[ye,t.read],failed:[be,t.notSent]}[e]}#s(){if(!this.progress)return``;let[e,t]=this.#o(this.progress);return b`<span class="progress ${this.progress}" title=${t}>${e}</span>`}#c(){let{outgoing:e}=this;return b`<p class="failure" role="alert">
<span>${t.notSent}. ${x(e?.error)}</span>
<button @click=${()=>this.#d(`causerie-retry`,e)}>${t.retry}</button>
<button @click=${()=>this.#d(`causerie-rewrite`,e)}>${t.edit}</button>
<button @click=${()=>this.#d(`causerie-discard`,e)}>${t.discard}</button>
</p>`}#l(){return b`<button
class="icon-button actions"
aria-label=${t.messageActions}
title=${t.messageActions}
aria-haspopup="menu"
aria-expanded="false"
tabindex=${this.active?0:-1}
@mousedown=${e=>e.preventDefault()}
@click=${({currentTarget:e})=>this.#u(e)}
>
${A}
</button>`}#u(e,t=e){this.message&&this.#d(`causerie-actions`,{message:this.message,anchor:e,returnTo:t})}#d(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};c([s({attribute:!1})],W.prototype,`message`,void 0),c([s({attribute:!1})],W.prototype,`outgoing`,void 0),c([s({type:Boolean,reflect:!0})],W.prototype,`own`,void 0),c([s({type:Boolean,reflect:!0})],W.prototype,`first`,void 0),c([s({type:Boolean,reflect:!0})],W.prototype,`last`,void 0),c([s()],W.prototype,`day`,void 0),c([s({type:Boolean})],W.prototype,`startsNew`,void 0),c([s({attribute:!1})],W.prototype,`author`,void 0),c([s()],W.prototype,`colour`,void 0),c([s()],W.prototype,`progress`,void 0),c([s({attribute:!1})],W.prototype,`readers`,void 0),c([s({type:Boolean})],W.prototype,`actionable`,void 0),c([s({type:Boolean})],W.prototype,`active`,void 0),c([s()],W.prototype,`timeZone`,void 0),c([v()],W.prototype,`expanded`,void 0),c([g(`.bubble`)],W.prototype,`bubble`,void 0),W=c([u(`causerie-message`)],W);function G(e,t){let[n,r]=[0,e.length];for(;n<r;){let i=n+r>>1;t(e[i].getBoundingClientRect())?r=i:n=i+1}return n}function K(e){return[...e.querySelectorAll(`causerie-message`)]}function q(e){let t=K(e).filter(({message:e})=>e),{bottom:n}=e.getBoundingClientRect();return t[G(t,e=>e.bottom>n+1)-1]}function Ke(e){return q(e)?.message?.seq??0}function qe(e){let t=K(e),{top:n,bottom:r}=e.getBoundingClientRect();return t[G(t,e=>e.bottom>(n+r)/2)]?.message?.seq??1/0}var Je=class{#e;#t=0;#n=0;get place(){return this.#t?{seq:this.#t,top:this.#n}:void 0}capture(e){let t=K(e),{top:n}=e.getBoundingClientRect(),r=t[G(t,e=>e.bottom>n+1)],i=r?r.getBoundingClientRect().top-n:0;(r!==this.#e||Math.abs(i-this.#n)>=1)&&(this.#n=i),this.#e=r,this.#t=r?.message?.seq??0}restore(e){let t=this.#e?.isConnected?this.#e:this.#r(e);if(!t)return;let n=t.getBoundingClientRect().top-e.getBoundingClientRect().top-this.#n;Math.abs(n)>=.5&&(e.scrollTop+=n)}clear(){this.#e=void 0,this.#t=0}#r(e){return this.#t?K(e).find(({message:e})=>e?.seq===this.#t):void 0}},Ye=150,Xe=class{#e;#t;#n;constructor(e,t,n,r,i){this.host=e,this.scroller=t,this.keyOf=n,this.toEnd=r,this.moved=i,this.#e=``,this.entered=({target:e})=>{e instanceof W&&this.#a(this.keyOf(e))},this.key=e=>{let{target:t,key:n,shiftKey:r}=e;if(e.ctrlKey||e.altKey||e.metaKey||e.isComposing)return;let i=t instanceof W?t:void 0;if(i!==void 0&&e.composedPath()[0]===i&&(n===`ContextMenu`||n===`F10`&&r||n===`Enter`&&!r))i.openMenu();else if(r)return;else if(n===`ArrowUp`||n===`ArrowDown`)this.#r(i,n===`ArrowUp`?-1:1);else if(n===`Home`)this.#i(K(this.scroller())[0]);else if(n===`End`)this.toEnd();else return;e.preventDefault()}}activeAmong(e){return e.includes(this.#e)?this.#e:e.at(-1)??``}willUpdate(){this.#t=this.host.shadowRoot?.querySelector(`.scroller :focus`)??void 0}updated(){this.#t&&!this.#t.isConnected&&!this.host.shadowRoot?.activeElement&&this.scroller().focus({preventScroll:!0})}scrolled(e){clearTimeout(this.#n),this.#n=setTimeout(()=>{if(this.host.shadowRoot?.activeElement instanceof W)return;let t=e?void 0:q(this.scroller());this.#a(t?this.keyOf(t):``)},Ye)}last(){K(this.scroller()).at(-1)?.focus({preventScroll:!0})}reset(){clearTimeout(this.#n),this.#e=``}#r(e,t){if(!e)return this.#i(q(this.scroller())??K(this.scroller()).at(-1));let n=K(this.scroller());this.#i(n[n.indexOf(e)+t])}#i(e){e?.focus({preventScroll:!0}),e?.scrollIntoView({block:`nearest`}),this.moved()}#a(e){e!==this.#e&&(this.#e=e,this.host.requestUpdate())}},Ze=3e5;function Qe(e,t){return e!==void 0&&t!==void 0&&e.authorId===t.authorId&&t.sentAt.getTime()-e.sentAt.getTime()<Ze&&le(e.sentAt,t.sentAt)}function $e(e,t,n=0,r=e.length){return e.slice(n,r).map((r,i)=>{let a=e[n+i-1],o=e[n+i+1],s=r.seq===t;return{message:r,outgoing:void 0,startsDay:a===void 0||!le(a.sentAt,r.sentAt),startsNew:s,first:s||!Qe(a,r),last:o?.seq===t||!Qe(r,o)}})}function et(e,t){return e.map((n,r)=>({message:void 0,outgoing:n,startsDay:!1,startsNew:!1,first:r===0&&!t,last:r===e.length-1}))}var tt=y` :host{position:relative;display:flex;flex-direction:column;min-height:0;flex:1}.scroller{flex:1;display:flex;flex-direction:column;min-height:0;overflow-y:auto;overflow-x:hidden;overscroll-behavior:contain;overflow-anchor:none;scrollbar-width:thin;padding:8px 20px 4px}.scroller:focus-visible{outline-offset:-3px}.column{width:100%;max-width:860px;margin:auto auto 0}.typing{min-height:24px;padding:4px 4px 0;font-size:0.8125rem;color:var(--muted)}.centre{flex:1;display:grid;place-items:center}@container messenger (max-width: 719px){.scroller{padding-inline:12px}}`;function J(e){return e.to===`end`?0:e.seq}function nt({loaded:e,messages:t,moreBefore:n,moreAfter:r},i){let a=J(i);return!e||!a?e&&!r:((t[0]?.seq??0)<=a||!n)&&((t.at(-1)?.seq??0)>=a||!r)}var rt=class{#e;#t;#n;constructor(e,t,n){this.host=e,this.history=t,this.settled=n,this.failed=``,this.#t=!0,this.#n=!1,this.retry=()=>{this.#e&&this.show(this.#e)}}get isOpening(){return this.#t}reset(){this.#t=!0,this.#e=void 0,this.failed=``}show(e){this.#e=e,this.failed=``,this.check()||this.#r(e)}check(){let e=this.#e;return!e||!nt(this.history(),e)?!1:(this.#i(e),!0)}async extend(e){let t=this.history();this.failed&&(this.failed=``,this.host.requestUpdate());try{await(e===`older`?t.loadOlder():t.loadNewer())}catch{this.#a(t,e)}}connected(e){e&&!this.#n&&this.failed&&(this.failed===`first`&&this.retry(),this.failed=``),this.#n=e}async#r(e){let t=this.history(),n=J(e),r=t.messages[0]?.seq??0;try{await(n?t.loadAround(n):t.loadNewest())}catch{return this.#e===e?this.#t?this.#a(t,`first`):(this.#e=void 0,this.#a(t,n&&n<r?`older`:`newer`)):void 0}this.#e===e&&this.#i(e)}#i(e){this.#e=void 0,this.#t=!1,this.failed=``,this.settled(e),this.host.requestUpdate()}#a(e,t){e===this.history()&&(this.failed=t,this.host.requestUpdate())}},it=10;function Y(e,t){let[n,r]=[0,e.length];for(;n<r;){let i=n+r>>1;(e[i]?.seq??0)>=t?r=i:n=i+1}return n}var at=class{#e=0;#t=1/0;#n=!1;reset(){this.#e=0,this.#t=1/0}fit(e,t,n=!1){this.#n=n;let{from:r,to:i}=this.#r(e);if(i-r<=200)return this.#i(e,r,i);let a=Y(e,t)-100,o=Math.max(r,Math.min(a,i-200));return this.#i(e,o,o+200)}grow(e,t){let{from:n,to:r}=this.#r(e);if(t===`older`){if(n===0)return!1;let t=Math.max(n-it,0);this.#i(e,t,Math.min(r,t+200))}else{if(r===e.length)return!1;let t=Math.min(r+it,e.length);this.#i(e,Math.max(n,t-200),t)}return!0}#r(e){let t=Y(e,this.#e),n=Y(e,this.#t+1);return t<n||!e.length?{from:t,to:n}:(this.reset(),{from:0,to:e.length})}#i(e,t,n){this.#e=e[t]?.seq??0;let r=n>=e.length&&!this.#n;return this.#t=!r&&e[n-1]?.seq||1/0,{from:t,to:Math.min(n,e.length)}}};function ot({members:e,memberCount:t},n){return e.length<t?void 0:e.filter(({user:e})=>e.id!==n)}function st(e,t){if(e.kind===`note_to_self`)return``;let n=ot(e,t.authorId);return n?.length&&n.every(({readSeq:e})=>e>=t.seq)?`read`:`sent`}function ct({user:e}){return{id:e.id,name:S(e),colour:T(e)}}function lt(e,t,n){let r=new Map,i=e.me?.id;if(t.kind!==`group`)return r;let{messages:a,moreAfter:o}=n,s=a.filter(({authorId:e,deletedAt:t})=>e===i&&!t),c=a.at(-1)?.seq??0;for(let e of ot(t,i)??[]){if(o&&e.readSeq>c)continue;let t=s.findLast(({seq:t})=>t<=e.readSeq);t&&r.set(t.seq,[...r.get(t.seq)??[],ct(e)])}return r}var X=new WeakMap;function ut(e,t,n){let r=X.get(e);r||X.set(e,r=new Map),n?r.set(t,n):r.delete(t)}function dt(e,t){return X.get(e)?.get(t)}var ft=80,pt=1/4,Z=()=>w(()=>import(`./message-list-later-Dm3jgCiC.js`),__vite__mapDeps([0]),import.meta.url),mt=1e3,ht=300,Q=class extends _{constructor(...e){super(...e),this.target=0,this.away=!1,this.updateEvents=[`history`,`typing`,`state`,`users`],this.#e=0,this.#n=new Je,this.#r=new at,this.#i=new rt(this,()=>this.#p,e=>{this.#t=e,this.#r.reset()}),this.#a={from:0,to:0},this.#o=!1,this.#s=!1,this.#c=!0,this.#l=!1,this.#u=[],this.#d=new Xe(this,()=>this.scroller,e=>this.#h(e),()=>void this.#L(),()=>this.#I()),this.#f=new ResizeObserver(()=>this.#P())}#e;#t;#n;#r;#i;#a;#o;#s;#c;#l;#u;#d;#f;static{this.styles=[d,me,tt]}get seen(){return!this.column||this.#t||!this.scroller.clientHeight?0:this.#c?this.conversation.lastSeq:Ke(this.scroller)}async focusAfter(e){await this.updateComplete;let t=K(this.scroller),n=t.findIndex(({message:t})=>t?.seq===e);(t[n+1]??t[n]??t.at(-1))?.focus({preventScroll:!1})}async focusLast(){await this.updateComplete,K(this.scroller).at(-1)?.focus()}get#p(){return this.client.history(this.conversation.id)}disconnectedCallback(){super.disconnectedCallback(),this.#f.disconnect(),this.#D(this.conversation)}concerns(e,t){return e!==`history`&&e!==`typing`||t.conversationId===this.conversation.id}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);e.has(`conversation`)&&t?.id!==this.conversation.id?(t&&this.#D(t),this.#T()):(this.column&&!this.#o&&this.#n.capture(this.scroller),e.has(`target`)&&this.target?this.#i.show({to:`message`,seq:this.target,flash:!0}):!this.#p.loaded&&!this.#i.isOpening?this.#E():this.#i.check()),this.#i.connected(this.client.state.name===`connected`),this.#w();let{outgoing:n}=this.#p,r=n.at(-1);r&&!this.#u.some(({clientId:e})=>e===r.clientId)&&(this.#e=0,this.#i.show({to:`end`})),this.#u=n;let{messages:i,moreAfter:a}=this.#p;this.#a=this.#r.fit(i,this.#A(),a),this.#s=!a&&this.#a.to===i.length,this.#d.willUpdate()}firstUpdated(){Z().then(({onDayChange:e})=>e(this),()=>{})}updated(){this.#o=!0,this.#d.updated(),this.#M(),this.#O()}render(){let{conversation:e,client:n}=this,i=this.#p;if(!i.loaded||this.#i.isOpening)return this.#S();let{messages:a,moreBefore:o}=i,{from:s,to:c}=this.#a,l=this.#s?i.outgoing:[],u=this.#s?oe(n,n.typing(e.id)):``,d=[...$e(a,this.#x(a),s,c),...et(l,a.at(-1)?.authorId===n.me?.id)],f=this.#d.activeAmong(d.map(e=>this.#h(e))),p=lt(n,e,i),m=ne();return b`
<div class="scroller" tabindex="-1" role="group" aria-label=${t.messagesOf(r(e,n.me?.id))}
@scroll=${this.#F} @keydown=${this.#d.key} @focusin=${this.#d.entered}
@causerie-actions=${this.#v} @causerie-details=${({detail:e})=>this.#y(e)}>
${d.length?``:this.#C()}
<div class="column">
${s>0||o?this.#m(`older`,s>0,t.olderFailed):``}
${d.length?b`<div role="list">
${ae(d,e=>this.#h(e),e=>this.#g(e,f,p,m))}
</div>`:``}
${this.#s?``:this.#m(`newer`,c<a.length,t.newerFailed)}
<p class="typing">${u}</p>
</div>
</div>
<causerie-floating-date></causerie-floating-date>
<causerie-arrivals .client=${n} .conversationId=${e.id}></causerie-arrivals>
<causerie-popup></causerie-popup>
<causerie-message-details .client=${n} .conversation=${e}></causerie-message-details>
<causerie-latest-button
?shown=${this.away}
.unread=${e.readState.unread}
@causerie-latest=${this.#L}
></causerie-latest-button>
`}#m(e,t,n){return b`<causerie-load-sentinel
.problem=${this.#i.failed===e&&!t?n:``}
@causerie-load=${()=>this.#j(e)}
></causerie-load-sentinel>`}#h({message:e,outgoing:t}){return e?e.authorId===this.client.me?.id&&e.clientId||e.id:t?.clientId??``}#g(e,t,n,r){let{message:i,outgoing:a,startsDay:o,startsNew:s,first:c,last:l}=e,{conversation:u,client:d}=this,f=!i||i.authorId===d.me?.id,p=f?d.me:d.user(i.authorId),m=t===this.#h(e);return b`
<causerie-message
exportparts="bubble,own-bubble"
role="listitem"
tabindex=${m?0:-1}
.message=${i}
.outgoing=${a}
.day=${i&&o?V(i.sentAt,new Date):``}
?startsNew=${s}
?own=${f}
?first=${c}
?last=${l}
.author=${f?``:this.#_(i.authorId)}
.colour=${u.kind===`group`&&!f?p?T(p):i.authorId:``}
.progress=${a?.status??(f&&i?st(u,i):``)}
.readers=${(i&&n.get(i.seq))??He}
.timeZone=${r}
?actionable=${i!==void 0&&!i.deletedAt}
?active=${m}
></causerie-message>
`}#_(e){let{client:t,conversation:n}=this;return t.isHidden(e)&&Te(t,n.id),pe(t,e)}async#v({detail:{message:e,anchor:n,returnTo:r}}){let i=await Z().catch(()=>void 0);if(!i)return this.#b();if(e.conversationId!==this.conversation.id)return;let a=i.messageActions({message:e,capabilities:this.conversation.capabilities,isOwn:e.authorId===this.client.me?.id,address:this.addressOf?.(o(this.conversation.id,e.seq)),fire:t=>this.dispatchEvent(new CustomEvent(t,{detail:e})),showDetails:()=>void this.#y(e)});await this.popup?.show(t.messageActions,a,n,r)}async#y(e){try{await w(()=>import(`./message-details-xeiNpCSZ.js`),__vite__mapDeps([0]),import.meta.url),await this.details.show(e)}catch{this.#b()}}#b(){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:t.loadFailed}))}#x(e){let t=e[0];return!this.#e||!t||t.seq>this.#e&&this.#p.moreBefore?0:e.find(({seq:e})=>e>=this.#e)?.seq??0}#S(){return b`<div class="scroller" tabindex="-1">${this.#i.failed===`first`?b`<div class="empty" role="alert">
<p>${t.loadFailed}</p>
<button class="button" @click=${this.#i.retry}>${t.tryAgain}</button>
</div>`:b`<div class="centre" role="status"><span class="spinner"></span><span class="visually-hidden">${t.loading}</span></div>`}</div>`}#C(){return b`<div class="empty">
<span class="badge">${i}</span>
<h2>${t.noMessages}</h2>
<p>${t.noMessagesHint}</p>
</div>`}#w(){let{unread:e,readSeq:t}=this.conversation.readState;e&&this.#c&&!E()&&this.column&&(this.#e=Math.max(this.#e,t+1),this.#t={to:`separator`,seq:this.#e})}#T(){let{readSeq:e,unread:t}=this.conversation.readState;this.#e=t?e+1:0,this.popup?.close?.(),this.#n.clear(),this.#d.reset(),this.#r.reset(),this.#i.reset(),this.#t=void 0,this.#c=this.#l=this.away=!1,this.#u=this.#p.outgoing;let n=dt(this.client,this.conversation.id);this.target?this.#i.show({to:`message`,seq:this.target,flash:!0}):this.#e?this.#i.show({to:`separator`,seq:this.#e}):this.#i.show(n?{to:`message`,...n}:{to:`end`})}#E(){let{place:e}=this.#n;this.#i.reset(),this.#i.show(this.#c||!e?{to:`end`}:{to:`message`,...e})}#D({id:e}){!this.column||this.#t||(ut(this.client,e,this.#c?void 0:this.#n.place),this.#k(this.client.history(e),0))}#O(){let e=this.#p;e.messages.length>mt&&this.#k(e,ht)}#k(e,t){let{messages:n}=e,r=n[Math.max(this.#a.from-t,0)],i=n[Math.min(this.#a.to+t,n.length)-1];r&&i&&e.unloadExcept(r.seq,i.seq)}#A(){return this.#t?J(this.#t)||1/0:this.#c||!this.column?1/0:qe(this.scroller)}#j(e){this.#r.grow(this.#p.messages,e)?this.requestUpdate():this.#i.extend(e)}async#M(){let{scroller:e,column:t}=this;if(!t)this.#o=!1;else if(await Promise.all(K(e).filter(e=>e.isUpdatePending).map(e=>e.updateComplete)),this.#o=!1,t.isConnected){this.#f.disconnect(),this.#f.observe(e),this.#f.observe(t),this.#N(),this.#P();for(let t of e.querySelectorAll(`causerie-load-sentinel`))t.observe()}}#N(){let{scroller:e}=this,t=this.#t;if(!t||!e.clientHeight)return;this.#t=void 0;let n=K(e).find(({message:e,startsNew:n})=>t.to===`message`?(e?.seq??0)>=t.seq:t.to===`separator`&&n);if(this.#c=!n,!n)return;let r=(t.to===`message`?t.top:void 0)??e.clientHeight*pt;e.scrollTop+=n.getBoundingClientRect().top-e.getBoundingClientRect().top-r,this.#n.capture(e),t.to===`message`&&t.flash&&n.flash()}#P(){let{scroller:e,column:t}=this;!t||this.#t||(this.#c||this.#l?e.scrollTop=e.scrollHeight:this.#n.restore(e),this.#I())}#F(){this.#I(),this.#c||this.floatingDate?.show?.(this.scroller)}#I(){let{scroller:e}=this;if(this.#t||this.#o||!e.clientHeight)return;let t=e.scrollHeight-e.clientHeight-e.scrollTop<ft&&this.#s;t&&(this.#l=!1),this.#c=t,this.away=!t&&!this.#l,this.#n.capture(e),this.#d.scrolled(t),this.dispatchEvent(new CustomEvent(`causerie-seen`))}async#L(){let{scroller:e}=this;!this.#s||e.scrollHeight-e.scrollTop>3*e.clientHeight||matchMedia(`(prefers-reduced-motion: reduce)`).matches?(this.#i.show({to:`end`}),await this.updateComplete):(this.#l=!0,e.scrollTo({top:e.scrollHeight,behavior:`smooth`})),this.#d.last()}};c([s({attribute:!1})],Q.prototype,`conversation`,void 0),c([s({type:Number})],Q.prototype,`target`,void 0),c([s({attribute:!1})],Q.prototype,`addressOf`,void 0),c([v()],Q.prototype,`away`,void 0),c([g(`.scroller`)],Q.prototype,`scroller`,void 0),c([g(`causerie-popup`)],Q.prototype,`popup`,void 0),c([g(`causerie-floating-date`)],Q.prototype,`floatingDate`,void 0),c([g(`causerie-message-details`)],Q.prototype,`details`,void 0),c([g(`.column`)],Q.prototype,`column`,void 0),Q=c([u(`causerie-message-list`)],Q);function gt(e,n){let{capabilities:r,state:i,kind:a,cannotSend:o}=e;if(r.has(`send`))return``;if(i===`locked`)return t.lockedConversation;if(i===`closed`)return r.has(`reopen`)?t.closedReopenable:t.closedConversation;let s=o===`needs_friend`||o===`messaging_off`?t.errors[o]:void 0;if(s)return s;if(a===`mail`)return t.mailIsOneMessage;let c=h(e,n);if(!c)return t.cannotSend;let l=S(c);return c.status===`removed`?t.peerRemoved(l):c.status===`deactivated`||c.status===`invited`?t.peerInactive(l):t.cannotSendTo(l)}var _t=e({ConversationPane:()=>$}),$=class extends _{constructor(...e){super(...e),this.target=0,this.details=!1,this.problem=``,this.updateEvents=[`state`],this.#e=!1,this.#t=!1,this.#n=new he(this,()=>void this.#i())}#e;#t;#n;static{this.styles=[d,m]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}get#r(){return ee(this.client.me?.id??``)}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);e.has(`conversation`)&&t?.id!==this.conversation.id&&(this.problem=``,this.#e=this.conversation.readState.markedUnread)}updated(){this.#n.seen()}render(){let{conversation:e,client:n}=this,r=gt(e,n.me?.id);return r&&w(()=>import(`./chat-notice-D-40-vm9.js`),__vite__mapDeps([0]),import.meta.url).catch(()=>{}),b`
<causerie-chat-header
exportparts="header"
.client=${n}
.conversation=${e}
?details=${this.details}
@causerie-problem=${this.#m}
></causerie-chat-header>
<causerie-message-list
exportparts="bubble,own-bubble"
.client=${n}
.conversation=${e}
.target=${this.target}
.addressOf=${this.addressOf}
@causerie-seen=${this.#n.seen}
@causerie-edit=${this.#o}
@causerie-delete=${({detail:e})=>this.#f(e,!1)}
@causerie-delete-copy=${({detail:e})=>this.#f(e,!0)}
@causerie-retry=${({detail:e})=>this.#u(()=>n.retry(e.clientId))}
@causerie-discard=${({detail:e})=>this.#u(()=>n.discard(e.clientId))}
@causerie-rewrite=${({detail:e})=>this.#d(e)}
@causerie-problem=${this.#m}
></causerie-message-list>
${this.problem?b`<p class="problem" role="alert">${this.problem}</p>`:``}
${r?b`<causerie-chat-notice .client=${n} .conversation=${e} .text=${r}></causerie-chat-notice>`:b`<causerie-composer
exportparts="composer"
.drafts=${this.#r}
.conversationId=${e.id}
.textBytesMax=${n.limits.textBytesMax??0}
@causerie-send=${this.#a}
@causerie-save=${this.#l}
@causerie-edit-last=${this.#s}
@causerie-typing=${t=>n.setTyping(e.id,t.detail)}
></causerie-composer>`}
<causerie-confirm-dialog
.heading=${t.deleteTitle}
.text=${this.deleting?.ownCopy?t.deleteForMeText:t.deleteText}
.action=${t.delete}
@causerie-confirm=${this.#p}
></causerie-confirm-dialog>
`}async#i(){let{conversation:e,client:t}=this,n=this.list?.seen??0;if(!n||this.#t||t.state.name!==`connected`)return;let{unread:r,markedUnread:i,readSeq:a}=e.readState;if(!(r&&n>a)&&!(i&&this.#e))return;let o=this.#e;this.#e=!1,this.#t=!0;try{await t.markRead(e.id,Math.max(n,a))}catch{this.conversation.id===e.id&&(this.#e||=o);return}finally{this.#t=!1}this.#n.seen()}#a(e){this.problem=``,this.client.send(this.conversation.id,e.detail)}#o({detail:e}){this.#c(e)}#s(){let e=this.client.history(this.conversation.id);if(!this.conversation.capabilities.has(`edit`)||e.outgoing.length||e.moreAfter)return;let t=e.messages.findLast(e=>e.authorId===this.client.me?.id&&!e.deletedAt);t&&this.#c(t)}#c(e){this.#r.startEdit(e.conversationId,e),e.conversationId===this.conversation.id&&this.focusComposer()}async#l({detail:{messageId:e,original:t,text:n}}){let{id:r}=this.conversation,i=this.#r;await this.#h(async()=>{n!==t&&await this.client.edit(r,e,n),i.get(r).edit?.messageId===e&&i.endEdit(r)})}#u(e){e(),this.list.focusLast()}#d({clientId:e,text:t}){let{id:n}=this.conversation,r=this.#r;this.client.discard(e)&&(r.endEdit(n),r.setText(n,[t,r.get(n).text].filter(Boolean).join(`
`)),this.focusComposer())}async#f(e,t){this.deleting={message:e,ownCopy:t},await this.#h(async()=>{await w(()=>import(`./confirm-dialog-DIyPppbX.js`).then(e=>e.t),__vite__mapDeps([0]),import.meta.url),await this.confirm.updateComplete,this.confirm.show()})}async#p(){if(!this.deleting)return;let{message:e,ownCopy:t}=this.deleting,{conversationId:n,id:r,seq:i}=e,{client:a}=this,o=this.#r;o.get(n).edit?.messageId===r&&o.endEdit(n),await this.#h(async()=>{await(t?a.deleteOwnCopy(n,r):a.delete(n,r)),n===this.conversation.id&&await this.list.focusAfter(i)})}#m({detail:e}){this.problem=e}async#h(e){this.problem=``;try{await e()}catch(e){this.problem=x(e)}}};c([s({attribute:!1})],$.prototype,`conversation`,void 0),c([s({type:Number})],$.prototype,`target`,void 0),c([s({attribute:!1})],$.prototype,`addressOf`,void 0),c([s({type:Boolean})],$.prototype,`details`,void 0),c([v()],$.prototype,`problem`,void 0),c([v()],$.prototype,`deleting`,void 0),c([g(`causerie-chat-header`)],$.prototype,`header`,void 0),c([g(`causerie-message-list`)],$.prototype,`list`,void 0),c([g(`causerie-composer`)],$.prototype,`composer`,void 0),c([g(`causerie-confirm-dialog`)],$.prototype,`confirm`,void 0),$=c([u(`causerie-conversation-pane`)],$);export{z as a,k as c,E as d,V as i,j as l,G as n,D as o,K as r,M as s,_t as t,O as u};