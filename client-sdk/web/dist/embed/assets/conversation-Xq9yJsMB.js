import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{C as t,D as n,F as r,G as i,H as a,J as o,K as s,L as c,Q as l,R as u,S as d,T as f,U as p,V as m,W as h,X as g,Y as _,Z as v,_ as ee,a as te,c as ne,d as re,et as y,f as ie,g as b,h as x,i as ae,m as oe,o as S,p as se,q as ce,r as le,s as ue,t as de,tt as C,u as fe,v as pe,w as me,y as w,z as he}from"./base-CNZ58isy.js";function T(){return document.visibilityState===`visible`&&document.hasFocus()}var ge=class{constructor(e,t){this.read=t,this.seen=()=>{T()&&this.read()},e.addController(this)}hostConnected(){addEventListener(`focus`,this.seen),document.addEventListener(`visibilitychange`,this.seen)}hostDisconnected(){removeEventListener(`focus`,this.seen),document.removeEventListener(`visibilitychange`,this.seen)}},_e=g` :host{position:relative;display:block;padding:8px 20px 16px}form,.editing,.limit{max-width:860px;margin-inline:auto}form{position:relative;display:flex;align-items:flex-end;gap:8px}textarea{display:block;flex:1;min-width:0;height:44px;max-height:168px;resize:none;--emoji-space:48px;padding:10.5px var(--emoji-space) 10.5px 18px;border:1px solid var(--field-border);border-radius:22px;background:var(--field);line-height:1.4;scrollbar-width:thin}form:dir(rtl) textarea{padding:10.5px 18px 10.5px var(--emoji-space)}textarea::placeholder{color:var(--muted);opacity:1}textarea:focus-visible{outline:2px solid var(--accent);outline-offset:-1px}.open-emoji{position:absolute;inset-inline-end:54px;bottom:2px}.send{flex:none;width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent);transition:opacity 0.12s,filter 0.12s}.send:hover{filter:brightness(1.1)}.send[aria-disabled="true"]{cursor:default;opacity:0.45;filter:none}.send .icon:dir(rtl){transform:scaleX(-1)}.enter{position:absolute;inset-inline-end:66px;bottom:-16px;font-size:0.6875rem;line-height:16px;color:var(--muted)}.enter::after{content:"";position:absolute;inset:-8px 0 0}.enter:hover{text-decoration:underline}.editing{display:flex;align-items:center;gap:8px;padding-block:0 6px;padding-inline:14px 0;font-size:0.875rem;color:var(--accent)}.editing .icon{width:18px;height:18px}.editing span{flex:1}.editing .icon-button{width:32px;height:32px}.limit{padding:0 18px 6px;font-size:0.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}.limit.over{color:var(--danger)}.offered{position:absolute;z-index:3;inset-inline-start:0;bottom:calc(100% + 6px);min-width:220px;max-width:100%;padding:6px;border:1px solid var(--border);border-radius:14px;background:var(--raised);box-shadow:var(--shadow)}.offered li{display:flex;align-items:center;gap:10px;min-height:36px;padding:0 10px;border-radius:9px;cursor:pointer}.offered li[aria-selected="true"]{background:var(--hover)}.offered .character{font-size:1.25rem}.picker{position:absolute;z-index:3;inset-inline-end:0;bottom:calc(100% + 8px)}@media (pointer: coarse){textarea{font-size:1rem}.editing .icon-button{width:44px;height:44px}}@media (hover: none){.open-emoji,.enter{display:none}textarea{--emoji-space:18px}}@media (forced-colors: active){textarea:focus-visible{outline-color:Highlight}.send{border:1px solid}.offered li[aria-selected="true"]{outline:2px solid Highlight}}@container messenger (max-width: 719px){:host{padding:6px 12px max(10px,env(safe-area-inset-bottom))}.enter{display:none}}`,E=f(`M15 5l-7 7 7 7`),D=n(`M4.5 12h7M4.5 4.5l16 7.5-16 7.5 2.6-7.5z`),O=n(`M6 6l12 12M18 6L6 18`),k=n(`M6 12h.01M12 12h.01M18 12h.01`),A=n(`M4 20h4L19 9l-4-4L4 16zM13 7l4 4`),ve=n(`M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM8.500 14a4.200 4.200 0 0 0 7 0M9 9.500h.01M15 9.500h.01`),ye=n(`M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4l2.5 2`),j=n(`M5 12.5l4.5 4.5L19 7.5`),be=n(`M2 12.5L6.5 17 15 8M11.5 16.5l.5.5L21 8`),xe=n(`M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4.5M12 15.7h.01`),M=`causerie.enter`;function N(){let e;try{e=t()?.getItem(M)}catch{}return e===`send`||e===`newline`?e:matchMedia(`(hover: none) and (pointer: coarse)`).matches?`newline`:`send`}function Se(e){try{t()?.setItem(M,e)}catch{}}var P=.9,F=new TextEncoder;function Ce(e,t){if(!t||e.length*3<t*P)return;let n=F.encode(e).length;if(n<t*P)return;let r=[...e];if(n<=t)return Math.floor((t-n)*r.length/n);let[i,a]=[0,n];for(;a>t;)i+=1,a-=F.encode(r[r.length-i]).length;return-i}var I=168,L=class extends ce{constructor(...e){super(...e),this.conversationId=``,this.busy=!1,this.textBytesMax=0,this.picking=!1,this.#e=()=>{}}#e;#t;static{this.styles=[c,_e]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#s()}updated(){this.#v()}render(){let e=this.#r,t=e?y.save:y.send,n=this.#a,r=this.#i.trim()!==``&&!this.#o&&!this.busy,i=this.#t?.offered.length?this.#t:void 0,a=e=>e.preventDefault();return _`
${e?_`<div class="editing">
${A}<span>${y.editing}</span>
<button class="icon-button" aria-label=${y.cancel} title=${y.cancel} @click=${this.#f}>${O}</button>
</div>`:``}
${this.#o?_`<p class="visually-hidden" role="alert">${y.tooLong}</p>`:``}
${n===void 0?``:_`<p class="limit ${n<0?`over`:``}" id="limit">
${n<0?y.charactersOver(-n):y.charactersLeft(n)}
</p>`}
<form part="composer" @submit=${this.#d}>
${i?.render()??``}
<textarea
rows="1"
dir="auto"
enterkeyhint=${N()===`send`?`send`:`enter`}
aria-label=${y.writeMessage}
aria-describedby=${n===void 0?o:`limit`}
aria-autocomplete="list"
aria-controls=${i?`offered`:o}
aria-activedescendant=${i?`emoji-${i.selected}`:o}
placeholder=${y.writeMessage}
.value=${oe(this.#i)}
@input=${this.#c}
@keydown=${this.#u}
@click=${this.#l}
@blur=${()=>this.#t?.close()}
></textarea>
<button
class="icon-button open-emoji"
type="button"
aria-label=${y.emoji}
title=${y.emoji}
aria-haspopup="dialog"
aria-expanded=${this.picking?`true`:`false`}
@mousedown=${a}
@click=${this.#p}
>
${ve}
</button>
<button
class="send"
aria-label=${t}
title=${t}
aria-disabled=${r?`false`:`true`}
@mousedown=${a}
>
${D}
</button>
${this.#i?this.#n():``}
${this.picking?_`<div class="picker" tabindex="-1" role="dialog" aria-label=${y.emoji} @keydown=${this.#h} @focusout=${this.#g}>
<causerie-emoji-picker @causerie-emoji=${this.#_}></causerie-emoji-picker>
</div>`:``}
</form>
`}#n(){let e=N()===`send`,t=/^(Mac|iP)/.test(navigator.platform)?`⌘`:y.ctrlKey;return _`<button class="enter" type="button" title=${e?y.letEnterBreak:y.letEnterSend} @click=${()=>{Se(e?`newline`:`send`),this.requestUpdate(),this.focusField()}}>
${e?y.enterSends:y.shortcutSends(t)}
</button>`}get#r(){return this.drafts.get(this.conversationId).edit}get#i(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#a(){return Ce(this.#i.trim(),this.textBytesMax)}get#o(){return(this.#a??0)<0}#s(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#c(){let e=this.field?.value??``;this.drafts.setText(this.conversationId,e),this.#l(),this.#r||this.#y(`causerie-typing`,e.trim()!==``)}async#l(){if(!this.#t){if(!/:\p{L}/u.test(this.field?.value??``))return;try{let{EmojiCompletion:e}=await C(async()=>{let{EmojiCompletion:e}=await import(`./emoji-completion-DbRLtvbt.js`);return{EmojiCompletion:e}},[],import.meta.url);this.#t??=new e(this,()=>this.field,()=>this.#c())}catch{return}}await this.#t.update()}#u(e){if(e.isComposing||e.keyCode===229)return;let{key:t,shiftKey:n,ctrlKey:r,metaKey:i}=e,a=t===`Enter`&&(r||i||!n&&N()===`send`);if(this.#t?.key(e))e.preventDefault();else if(a)this.#d(e);else if(t===`Escape`&&this.#r)this.#f();else if(t===`ArrowUp`&&!this.#i&&!this.#r)this.#y(`causerie-edit-last`,void 0);else return;e.preventDefault()}#d(e){e.preventDefault(),this.focusField();let t=this.#i.trim(),n=this.#r;if(!(!t||this.#o||this.busy)){if(n)return this.#y(`causerie-save`,{...n,text:t});this.drafts.setText(this.conversationId,``),this.#y(`causerie-send`,t)}}#f(){this.drafts.endEdit(this.conversationId),this.focusField()}async#p(){if(this.picking)return this.#m();this.picking=!0;try{await C(()=>import(`./emoji-picker-D4EYOsrM.js`),[],import.meta.url),await this.updateComplete,this.picker?.focus()}catch{this.picking=!1}}#m(){this.picking=!1,this.focusField()}#h(e){e.key===`Escape`&&(e.preventDefault(),e.stopPropagation(),this.#m())}#g({relatedTarget:e,currentTarget:t}){e&&t.contains(e)||(this.picking=!1)}#_({detail:e}){let{field:t}=this;t&&(t.setRangeText(e,t.selectionStart,t.selectionEnd,`end`),this.#m(),this.#c())}#v(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,I)}px`),e.style.overflowY=e.scrollHeight>I?`auto`:`hidden`)}#y(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};a([i({attribute:!1})],L.prototype,`drafts`,void 0),a([i()],L.prototype,`conversationId`,void 0),a([i({type:Boolean})],L.prototype,`busy`,void 0),a([i({type:Number})],L.prototype,`textBytesMax`,void 0),a([h()],L.prototype,`picking`,void 0),a([p(`textarea`)],L.prototype,`field`,void 0),a([p(`causerie-emoji-picker`)],L.prototype,`picker`,void 0),L=a([s(`causerie-composer`)],L);function R(e){return e?.online?y.online:e?.lastSeenAt?y.lastSeen(we(e.lastSeenAt,new Date)):e?y.offline:``}function we(e,t){let n=new Intl.RelativeTimeFormat(l,{numeric:`auto`}),r=Math.max(Math.round((t.getTime()-e.getTime())/6e4),0);return r<60?n.format(-r,`minute`):r<1440?n.format(-Math.round(r/60),`hour`):n.format(-Math.round(r/1440),`day`)}var z=class extends m{constructor(...e){super(...e),this.details=!1,this.updateEvents=[`presence`],this.#e=async()=>{try{await C(()=>import(`./conversation-actions-DePUSPUa.js`).then(e=>e.t),[],import.meta.url),await this.actions.updateComplete,await this.popup?.show(y.conversationActions,this.actions.items,this.menuButton)}catch{this.#r(`causerie-problem`,y.loadFailed)}}}static{this.styles=[c,g` header{display:flex;align-items:center;gap:12px;min-height:64px;padding:10px 16px;padding-inline-end:calc(16px + var(--header-end,0px));border-bottom:1px solid var(--border);--avatar-size:40px;--avatar-ring:var(--background)}.about{flex:1;position:relative;display:flex;align-items:center;gap:12px;min-width:0;margin:-6px 0;padding:6px 8px;margin-inline-start:-8px;border-radius:12px}.about:has(.open:hover){background:var(--hover);--avatar-ring:var(--hover)}.titles{min-width:0}.open{max-width:100%;font-weight:inherit;text-align:start;vertical-align:top}.open::after{content:"";position:absolute;inset:0;border-radius:12px}.open:focus-visible{outline:none}.open:focus-visible::after{outline:2px solid var(--accent);outline-offset:-2px}h2{font-size:1rem;font-weight:650;line-height:1.3}p{font-size:0.8125rem}p.online{color:light-dark(#157347,var(--good))}causerie-popup,causerie-conversation-actions{display:contents}.more .icon{stroke-width:2.8}.back{display:none;margin-inline-start:-8px}@container messenger (max-width: 719px){header{padding-inline:12px calc(12px + var(--header-end,0px))}.back{display:grid}}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}firstUpdated(){C(async()=>{let{EachMinute:e}=await import(`./passing-time-BKDXwf8g.js`).then(e=>e.r);return{EachMinute:e}},[],import.meta.url).then(({EachMinute:e})=>new e(this),()=>{})}willUpdate(e){super.willUpdate(e),e.has(`conversation`)&&e.get(`conversation`)?.id!==this.conversation?.id&&this.popup?.close?.()}render(){let{conversation:e,client:t}=this,n=e?pe(e,t.me?.id):this.user,r=e?w(e,t.me?.id):b(n),i=n!==void 0&&(t.presence(n.id)?.online??!1);return _`<header part="header">
<button class="icon-button back" aria-label=${y.back} title=${y.back} @click=${()=>this.#r(`causerie-back`)}>
${E}
</button>
<div class="about"><causerie-avatar
.name=${r}
.key=${n?x(n):e?.id??``}
.kind=${n?`user`:e?.kind===`group`?`group`:`note`}
?online=${i}
></causerie-avatar>
<div class="titles">
<h2 class="clip" dir="auto" title=${r} tabindex="-1">${this.#t(r)}</h2>
<p class="muted clip ${i?`online`:``}">${this.#n(n)}</p>
</div></div>
${e?_`<button
class="icon-button more"
aria-label=${y.conversationActions}
title=${y.conversationActions}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#e}
>
${k}
</button>
<causerie-popup></causerie-popup>
<causerie-conversation-actions
.client=${t}
.conversation=${e}
@causerie-mark-unread=${()=>this.#r(`causerie-mark-unread`)}
></causerie-conversation-actions>`:``}
</header>`}#e;#t(e){return this.conversation?.kind===`note_to_self`?e:_`<button
class="open clip"
aria-expanded=${this.details?`true`:`false`}
@click=${()=>this.#r(`causerie-details`)}
>
${e}
</button>`}#n(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?y.you:b(e));return`${y.members(t.memberCount)} · ${e.join(y.comma)}`}if(!e)return``;let r=R(n.presence(e.id));return e.about?_`<bdi>${e.about}</bdi>${r&&` · ${r}`}`:r}#r(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};a([i({attribute:!1})],z.prototype,`conversation`,void 0),a([i({attribute:!1})],z.prototype,`user`,void 0),a([i({type:Boolean})],z.prototype,`details`,void 0),a([p(`h2`)],z.prototype,`heading`,void 0),a([p(`.more`)],z.prototype,`menuButton`,void 0),a([p(`causerie-popup`)],z.prototype,`popup`,void 0),a([p(`causerie-conversation-actions`)],z.prototype,`actions`,void 0),z=a([s(`causerie-chat-header`)],z);function B(e,t){let n=ae(e,t);return n<=0?y.today:n===1?y.yesterday:n<7?S(e,{weekday:`long`}):e.getFullYear()===t.getFullYear()?S(e,{day:`numeric`,month:`long`}):S(e,{day:`numeric`,month:`long`,year:`numeric`})}var Te=20,V=new WeakMap;async function Ee(e,t){let n=V.get(e);if(n||V.set(e,n=new Set),!n.has(t)){n.add(t);try{let n=``;for(let r=0;r<Te;r++)if({nextCursor:n}=await e.listMembers(t,n),!n)return}catch{n.delete(t)}}}var De=3,H=/\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|(?:\p{Emoji_Presentation}|\p{Emoji_Modifier_Base}(?=\p{EMod})|\p{Extended_Pictographic}(?=\uFE0F|\u200D))(?:\p{EMod}|\uFE0F)?[\u{E0020}-\u{E007F}]*(?:\u200D\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)?)*/gu;function Oe(e){if(!e||e.length>120)return!1;let t=e.match(H)?.length??0;return t>0&&t<=De&&e.replace(H,``).trim()===``}var ke=/(?:https?:\/\/|(?<![\p{L}\p{N}@./_-])www\.(?=[\p{L}\p{N}-]+\.\p{L}))[^\s<>"'`\p{Bidi_Control}]+/giu,Ae=new Set(`.,;:!?»”’…`),je=new Map([[`)`,`(`],[`]`,`[`],[`}`,`{`]]);function Me(e){let t=new Map,n=e=>t.get(e)??0;for(let r of e)t.set(r,n(r)+1);let r=e.length;for(;r>0;r--){let i=e[r-1]??``,a=je.get(i);if(a===void 0?!Ae.has(i):n(i)<=n(a))break;t.set(i,n(i)-1)}return e.slice(0,r)}function U(e){let t=[],n=0;for(let r of e.matchAll(ke)){let i=Me(r[0]),a=/^www\./i.test(i)?`https://${i}`:i;if(!URL.canParse(a))continue;let{username:o,password:s}=new URL(a);o||s||(r.index>n&&t.push({text:e.slice(n,r.index),href:void 0}),t.push({text:i,href:a}),n=r.index+i.length)}return n<e.length&&t.push({text:e.slice(n),href:void 0}),t}var Ne=450,Pe=10,Fe=class{#e;#t={x:0,y:0};#n=!1;constructor(e,t){this.host=e,this.pressed=t,e.addController(this)}hostConnected(){this.host.addEventListener(`pointerdown`,this.#r),this.host.addEventListener(`pointermove`,this.#i);for(let e of[`pointerup`,`pointercancel`,`pointerleave`])this.host.addEventListener(e,this.#a);this.host.addEventListener(`contextmenu`,this.#o)}hostDisconnected(){this.#a(),this.host.removeEventListener(`pointerdown`,this.#r),this.host.removeEventListener(`pointermove`,this.#i);for(let e of[`pointerup`,`pointercancel`,`pointerleave`])this.host.removeEventListener(e,this.#a);this.host.removeEventListener(`contextmenu`,this.#o)}#r=e=>{let{pointerType:t,isPrimary:n,clientX:r,clientY:i}=e,a=e.composedPath().some(e=>e instanceof HTMLAnchorElement||e instanceof HTMLButtonElement);this.#n=t===`touch`&&!a,this.#a(),this.#n&&n&&(this.#t={x:r,y:i},this.#e=setTimeout(this.pressed,Ne))};#i=e=>{let{clientX:t,clientY:n}=e;Math.hypot(t-this.#t.x,n-this.#t.y)>Pe&&this.#a()};#a=()=>clearTimeout(this.#e);#o=e=>{this.#n&&e.preventDefault()}},Ie=g` .day,.new{display:flex;justify-content:center;margin:18px 0 8px;font-size:0.8125rem;font-weight:600;color:var(--muted)}.day span{padding:3px 12px;border-radius:12px;background:var(--field)}.new{align-items:center;gap:12px;color:var(--accent)}.new::before,.new::after{content:"";flex:1;height:1px;background:color-mix(in srgb,var(--accent) 35%,transparent)}`,Le=g` :host{display:block;padding-top:2px}:host([first]){padding-top:10px}.row{display:flex;align-items:center;gap:4px;--avatar-size:28px}:host([own]) .row{flex-direction:row-reverse}.with-face{position:relative;padding-inline-start:36px}.with-face causerie-avatar{position:absolute;bottom:0;inset-inline-start:0}.bubble{--corner:6px;position:relative;max-width:min(78%,620px);min-width:0;padding:8px 14px;border-radius:var(--radius);background:var(--bubble);overflow-wrap:anywhere}.with-face .bubble{max-width:min(86%,620px)}:host(:not([own])) .bubble{border-end-start-radius:var(--corner)}:host(:not([own]):not([first])) .bubble{border-start-start-radius:var(--corner)}:host(:not([own])[last]) .bubble{border-end-start-radius:var(--radius)}:host([own]) .bubble{border-end-end-radius:var(--corner);background:var(--bubble-own);color:var(--on-bubble-own)}:host([own]:not([first])) .bubble{border-start-end-radius:var(--corner)}:host([own][last]) .bubble{border-end-end-radius:var(--radius)}.bubble.gone,:host([own]) .bubble.gone{background:none;border:1px solid var(--border);color:var(--muted);padding:7px 13px}.gone .text{font-style:italic}:host([own]) .bubble.failed{background:var(--danger-soft);color:var(--text)}:host(:focus-visible){outline:none}:host(:focus-visible) .bubble{outline:2px solid var(--accent);outline-offset:2px}@media (forced-colors: active){.bubble{border:1px solid;padding:7px 13px}:host([own]) .bubble{border-width:2px;padding:6px 12px}:host(:focus-visible) .bubble{outline-color:Highlight}.day span,.readers{border:1px solid}}`,Re=g` .author{font-size:0.8125rem;font-weight:600;color:light-dark(oklch(0.46 0.13 var(--hue)),oklch(0.82 0.09 var(--hue)))}.author .unknown{display:block;width:96px;height:10px;margin:5px 0;border-radius:5px;background:var(--border)}.body{display:flow-root;overflow:clip;overflow-clip-margin:6px}.text{display:inline;white-space:pre-wrap}.expand{display:block;min-height:28px;font-weight:650;text-decoration:underline;text-underline-offset:3px}.large .text{font-size:2.2rem;line-height:1.25}a{color:inherit;text-decoration:underline;text-underline-offset:2px;direction:ltr;unicode-bidi:isolate}.meta{float:inline-end;display:inline-flex;align-items:center;gap:5px;margin-block:5px -2px;margin-inline:12px -3px;font-size:0.6875rem;line-height:1.4;color:var(--muted);white-space:nowrap;font-variant-numeric:tabular-nums;user-select:none}.large .meta{margin-top:26px}:host([own]) .meta{color:var(--muted-own)}:host([own]) .gone .meta{color:var(--muted)}:host([own]) .failed .meta{color:var(--danger)}.progress .icon{width:15px;height:15px;stroke-width:2.2}`,ze=g` .readers{display:flex;align-items:center;gap:2px;min-height:24px;margin-inline-start:auto;padding:2px 4px;border-radius:12px;font-size:0.75rem;color:var(--muted);--avatar-size:18px}.waiting{padding:3px 4px 2px;font-size:0.8125rem;color:var(--muted);text-align:end}.failure{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:4px 12px;padding:4px 4px 2px;font-size:0.8125rem;color:var(--danger)}.failure button{min-height:24px;font-weight:650;text-decoration:underline;text-underline-offset:3px}.actions{width:32px;height:32px;opacity:0}.actions .icon{stroke-width:2.8}.row:hover .actions,:host(:focus) .actions,.actions:focus-visible,.actions[aria-expanded="true"]{opacity:1}@media (hover: none){.row{position:relative}.bubble{user-select:none;-webkit-user-select:none;-webkit-touch-callout:none}.actions:not(:focus-visible){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.failure button{min-height:44px}}`,Be=[ie,Ie,Le,Re,ze],Ve=[],He=5;function Ue(e,t,n){let r=y.readBy(e.map(({name:e})=>e).join(y.comma)),i=e.length-He;return _`<button class="readers" tabindex=${t?0:-1} aria-label=${r} title=${r} @click=${n}>
${e.slice(0,He).map(({name:e,colour:t})=>_`<causerie-avatar .name=${e.split(` `,1)[0]??``} .key=${t}></causerie-avatar>`)}
${i>0?_`<span>+${te(i)}</span>`:``}
</button>`}var We=5e3,W=3e3,G=class extends ce{constructor(){super(),this.own=!1,this.first=!1,this.last=!1,this.day=``,this.startsNew=!1,this.author=``,this.colour=``,this.progress=``,this.readers=Ve,this.actionable=!1,this.active=!1,this.timeZone=``,this.expanded=!1,this.#a=({text:e,href:t})=>t===void 0?e:_`<a href=${t} target="_blank" rel="noopener noreferrer nofollow" tabindex=${this.active?0:-1}>${e}</a>`,new Fe(this,()=>this.actionable&&this.#u(this.bubble,this))}static{this.styles=[c,Be]}#e;openMenu(){this.actionable&&this.#u(this.bubble,this)}flash(){let e=matchMedia(`(prefers-reduced-motion: reduce)`).matches,t=`0 0 0 3px var(--accent)`,n=e?[{boxShadow:t},{boxShadow:t}]:[{boxShadow:t},{boxShadow:t},{boxShadow:`none`}];this.bubble.animate(n,{duration:1800,easing:`ease-out`})}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#e)}updated(){clearTimeout(this.#e);let{outgoing:e}=this;!e||this.progress!==`sending`||this.#t||(this.#e=setTimeout(()=>this.requestUpdate(),e.createdAt.getTime()+We-Date.now()))}get#t(){return this.progress===`sending`&&Date.now()-(this.outgoing?.createdAt.getTime()??0)>=We}render(){let{message:e,outgoing:t,colour:n}=this,r=e?.sentAt??t?.createdAt??new Date,i=e?.text??t?.text??``,a=e?.deletedAt!==void 0,o=!a&&Oe(i),s=`${a?`gone`:``} ${o?`large`:``} ${this.progress===`failed`?`failed`:``}`;return _`
${this.day?_`<h3 class="day"><span>${this.day}</span></h3>`:``}
${this.startsNew?_`<p class="new">${y.newMessages}</p>`:``}
<div class="row ${n?`with-face`:``}">
${n&&this.last?_`<causerie-avatar .name=${this.author??``} .key=${n}></causerie-avatar>`:``}
<div class="bubble ${s}" part=${this.own?`bubble own-bubble`:`bubble`}>
<span class="visually-hidden"><bdi>${this.#r(r,a)}</bdi></span>
${n&&this.first?this.#i():``}
<div class="body" dir="auto">
<p class="text">${a?y.deleted:this.#n(i)}</p>
<span class="meta" aria-hidden="true">
${e?.editedAt&&!a?_`<span>${y.edited}</span>`:``}
<time dir="auto" datetime=${r.toISOString()} title=${ue(r)}>${fe(r)}</time>
${a?``:this.#s()}
</span>
</div>
</div>
${this.actionable?this.#l():``}
</div>
${this.readers.length&&e?Ue(this.readers,this.active,()=>this.#d(`causerie-details`,e)):``}
${this.progress===`failed`?this.#c():``}
${this.#t?_`<p class="waiting">${y.waitingForConnection}</p>`:``}
`}#n(e){if(!(!this.expanded&&e.length>W*1.2))return U(e).map(this.#a);let t=e.slice(0,W).search(/\s\S*$/),n=e.slice(0,t>0?t:W);return _`${U(n).map(this.#a)}…<button class="expand" tabindex=${this.active?0:-1} @click=${()=>{this.expanded=!0}}
>${y.showAll}</button
>`}#r(e,t){let[,n=``]=t||!this.progress?[]:this.#o(this.progress),r=this.message?.editedAt&&!t?y.edited:``;return[this.own?y.you:this.author??``,fe(e),r,n.toLocaleLowerCase(l)].filter(Boolean).join(y.comma)}#i(){return _`<p class="author c${se(this.colour)}" aria-hidden="true"
>${this.author===void 0?_`<i class="unknown"></i>`:_`<bdi>${this.author}</bdi>`}</p
>`}#a;#o(e){return{sending:[ye,y.sending],sent:[j,y.sent],read:[be,y.read],failed:[xe,y.notSent]}[e]}#s(){if(!this.progress)return``;let[e,t]=this.#o(this.progress);return _`<span class="progress ${this.progress}" title=${t}>${e}</span>`}#c(){let{outgoing:e}=this;return _`<p class="failure" role="alert">
<span>${y.notSent}. ${v(e?.error)}</span>
<button @click=${()=>this.#d(`causerie-retry`,e)}>${y.retry}</button>
<button @click=${()=>this.#d(`causerie-rewrite`,e)}>${y.edit}</button>
<button @click=${()=>this.#d(`causerie-discard`,e)}>${y.discard}</button>
</p>`}#l(){return _`<button
class="icon-button actions"
aria-label=${y.messageActions}
title=${y.messageActions}
aria-haspopup="menu"
aria-expanded="false"
tabindex=${this.active?0:-1}
@mousedown=${e=>e.preventDefault()}
@click=${({currentTarget:e})=>this.#u(e)}
>
${k}
</button>`}#u(e,t=e){this.message&&this.#d(`causerie-actions`,{message:this.message,anchor:e,returnTo:t})}#d(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};a([i({attribute:!1})],G.prototype,`message`,void 0),a([i({attribute:!1})],G.prototype,`outgoing`,void 0),a([i({type:Boolean,reflect:!0})],G.prototype,`own`,void 0),a([i({type:Boolean,reflect:!0})],G.prototype,`first`,void 0),a([i({type:Boolean,reflect:!0})],G.prototype,`last`,void 0),a([i()],G.prototype,`day`,void 0),a([i({type:Boolean})],G.prototype,`startsNew`,void 0),a([i({attribute:!1})],G.prototype,`author`,void 0),a([i()],G.prototype,`colour`,void 0),a([i()],G.prototype,`progress`,void 0),a([i({attribute:!1})],G.prototype,`readers`,void 0),a([i({type:Boolean})],G.prototype,`actionable`,void 0),a([i({type:Boolean})],G.prototype,`active`,void 0),a([i()],G.prototype,`timeZone`,void 0),a([h()],G.prototype,`expanded`,void 0),a([p(`.bubble`)],G.prototype,`bubble`,void 0),G=a([s(`causerie-message`)],G);function K(e,t){let[n,r]=[0,e.length];for(;n<r;){let i=n+r>>1;t(e[i].getBoundingClientRect())?r=i:n=i+1}return n}function q(e){return[...e.querySelectorAll(`causerie-message`)]}function J(e){let t=q(e).filter(({message:e})=>e),{bottom:n}=e.getBoundingClientRect();return t[K(t,e=>e.bottom>n+1)-1]}function Ge(e){return J(e)?.message?.seq??0}function Ke(e){let t=q(e),{top:n,bottom:r}=e.getBoundingClientRect();return t[K(t,e=>e.bottom>(n+r)/2)]?.message?.seq??1/0}var qe=class{#e;#t=0;#n=0;get place(){return this.#t?{seq:this.#t,top:this.#n}:void 0}capture(e){let t=q(e),{top:n}=e.getBoundingClientRect(),r=t[K(t,e=>e.bottom>n+1)],i=r?r.getBoundingClientRect().top-n:0;(r!==this.#e||Math.abs(i-this.#n)>=1)&&(this.#n=i),this.#e=r,this.#t=r?.message?.seq??0}restore(e){let t=this.#e?.isConnected?this.#e:this.#r(e);if(!t)return;let n=t.getBoundingClientRect().top-e.getBoundingClientRect().top-this.#n;Math.abs(n)>=.5&&(e.scrollTop+=n)}clear(){this.#e=void 0,this.#t=0}#r(e){return this.#t?q(e).find(({message:e})=>e?.seq===this.#t):void 0}},Je=150,Ye=class{#e;#t;#n;constructor(e,t,n,r,i){this.host=e,this.scroller=t,this.keyOf=n,this.toEnd=r,this.moved=i,this.#e=``,this.entered=({target:e})=>{e instanceof G&&this.#a(this.keyOf(e))},this.key=e=>{let{target:t,key:n,shiftKey:r}=e;if(e.ctrlKey||e.altKey||e.metaKey||e.isComposing)return;let i=t instanceof G?t:void 0;if(i!==void 0&&e.composedPath()[0]===i&&(n===`ContextMenu`||n===`F10`&&r||n===`Enter`&&!r))i.openMenu();else if(r)return;else if(n===`ArrowUp`||n===`ArrowDown`)this.#r(i,n===`ArrowUp`?-1:1);else if(n===`Home`)this.#i(q(this.scroller())[0]);else if(n===`End`)this.toEnd();else return;e.preventDefault()}}activeAmong(e){return e.includes(this.#e)?this.#e:e.at(-1)??``}willUpdate(){this.#t=this.host.shadowRoot?.querySelector(`.scroller :focus`)??void 0}updated(){this.#t&&!this.#t.isConnected&&!this.host.shadowRoot?.activeElement&&this.scroller().focus({preventScroll:!0})}scrolled(e){clearTimeout(this.#n),this.#n=setTimeout(()=>{if(this.host.shadowRoot?.activeElement instanceof G)return;let t=e?void 0:J(this.scroller());this.#a(t?this.keyOf(t):``)},Je)}last(){q(this.scroller()).at(-1)?.focus({preventScroll:!0})}reset(){clearTimeout(this.#n),this.#e=``}#r(e,t){if(!e)return this.#i(J(this.scroller())??q(this.scroller()).at(-1));let n=q(this.scroller());this.#i(n[n.indexOf(e)+t])}#i(e){e?.focus({preventScroll:!0}),e?.scrollIntoView({block:`nearest`}),this.moved()}#a(e){e!==this.#e&&(this.#e=e,this.host.requestUpdate())}},Xe=3e5;function Ze(e,t){return e!==void 0&&t!==void 0&&e.authorId===t.authorId&&t.sentAt.getTime()-e.sentAt.getTime()<Xe&&ne(e.sentAt,t.sentAt)}function Qe(e,t,n=0,r=e.length){return e.slice(n,r).map((r,i)=>{let a=e[n+i-1],o=e[n+i+1],s=r.seq===t;return{message:r,outgoing:void 0,startsDay:a===void 0||!ne(a.sentAt,r.sentAt),startsNew:s,first:s||!Ze(a,r),last:o?.seq===t||!Ze(r,o)}})}function $e(e,t){return e.map((n,r)=>({message:void 0,outgoing:n,startsDay:!1,startsNew:!1,first:r===0&&!t,last:r===e.length-1}))}var et=g` :host{position:relative;display:flex;flex-direction:column;min-height:0;flex:1}.scroller{flex:1;display:flex;flex-direction:column;min-height:0;overflow-y:auto;overflow-x:hidden;overscroll-behavior:contain;overflow-anchor:none;scrollbar-width:thin;padding:8px 20px 4px}.scroller:focus-visible{outline-offset:-3px}.column{width:100%;max-width:860px;margin:auto auto 0}.typing{min-height:24px;padding:4px 4px 0;font-size:0.8125rem;color:var(--muted)}.centre{flex:1;display:grid;place-items:center}@container messenger (max-width: 719px){.scroller{padding-inline:12px}}`;function Y(e){return e.to===`end`?0:e.seq}function tt({loaded:e,messages:t,moreBefore:n,moreAfter:r},i){let a=Y(i);return!e||!a?e&&!r:((t[0]?.seq??0)<=a||!n)&&((t.at(-1)?.seq??0)>=a||!r)}var nt=class{#e;#t;#n;constructor(e,t,n){this.host=e,this.history=t,this.settled=n,this.failed=``,this.#t=!0,this.#n=!1,this.retry=()=>{this.#e&&this.show(this.#e)}}get isOpening(){return this.#t}reset(){this.#t=!0,this.#e=void 0,this.failed=``}show(e){this.#e=e,this.failed=``,this.check()||this.#r(e)}check(){let e=this.#e;return!e||!tt(this.history(),e)?!1:(this.#i(e),!0)}async extend(e){let t=this.history();this.failed&&(this.failed=``,this.host.requestUpdate());try{await(e===`older`?t.loadOlder():t.loadNewer())}catch{this.#a(t,e)}}connected(e){e&&!this.#n&&this.failed&&(this.failed===`first`&&this.retry(),this.failed=``),this.#n=e}async#r(e){let t=this.history(),n=Y(e),r=t.messages[0]?.seq??0;try{await(n?t.loadAround(n):t.loadNewest())}catch{return this.#e===e?this.#t?this.#a(t,`first`):(this.#e=void 0,this.#a(t,n&&n<r?`older`:`newer`)):void 0}this.#e===e&&this.#i(e)}#i(e){this.#e=void 0,this.#t=!1,this.failed=``,this.settled(e),this.host.requestUpdate()}#a(e,t){e===this.history()&&(this.failed=t,this.host.requestUpdate())}},rt=10;function X(e,t){let[n,r]=[0,e.length];for(;n<r;){let i=n+r>>1;(e[i]?.seq??0)>=t?r=i:n=i+1}return n}var it=class{#e=0;#t=1/0;#n=!1;reset(){this.#e=0,this.#t=1/0}fit(e,t,n=!1){this.#n=n;let{from:r,to:i}=this.#r(e);if(i-r<=200)return this.#i(e,r,i);let a=X(e,t)-100,o=Math.max(r,Math.min(a,i-200));return this.#i(e,o,o+200)}grow(e,t){let{from:n,to:r}=this.#r(e);if(t===`older`){if(n===0)return!1;let t=Math.max(n-rt,0);this.#i(e,t,Math.min(r,t+200))}else{if(r===e.length)return!1;let t=Math.min(r+rt,e.length);this.#i(e,Math.max(n,t-200),t)}return!0}#r(e){let t=X(e,this.#e),n=X(e,this.#t+1);return t<n||!e.length?{from:t,to:n}:(this.reset(),{from:0,to:e.length})}#i(e,t,n){this.#e=e[t]?.seq??0;let r=n>=e.length&&!this.#n;return this.#t=!r&&e[n-1]?.seq||1/0,{from:t,to:Math.min(n,e.length)}}};function at({members:e,memberCount:t},n){return e.length<t?void 0:e.filter(({user:e})=>e.id!==n)}function ot(e,t){if(e.kind===`note_to_self`)return``;let n=at(e,t.authorId);return n?.length&&n.every(({readSeq:e})=>e>=t.seq)?`read`:`sent`}function st({user:e}){return{id:e.id,name:b(e),colour:x(e)}}function ct(e,t,n){let r=new Map,i=e.me?.id;if(t.kind!==`group`)return r;let{messages:a,moreAfter:o}=n,s=a.filter(({authorId:e,deletedAt:t})=>e===i&&!t),c=a.at(-1)?.seq??0;for(let e of at(t,i)??[]){if(o&&e.readSeq>c)continue;let t=s.findLast(({seq:t})=>t<=e.readSeq);t&&r.set(t.seq,[...r.get(t.seq)??[],st(e)])}return r}var Z=new WeakMap;function lt(e,t,n){let r=Z.get(e);r||Z.set(e,r=new Map),n?r.set(t,n):r.delete(t)}function ut(e,t){return Z.get(e)?.get(t)}var dt=80,ft=1/4,pt=()=>C(()=>import(`./message-list-later-BJ47dvJi.js`),[],import.meta.url),mt=1e3,ht=300,Q=class extends m{constructor(...e){super(...e),this.target=0,this.away=!1,this.updateEvents=[`history`,`typing`,`state`,`users`],this.#e=0,this.#n=new qe,this.#r=new it,this.#i=new nt(this,()=>this.#p,e=>{this.#t=e,this.#r.reset()}),this.#a={from:0,to:0},this.#o=!1,this.#s=!1,this.#c=!0,this.#l=!1,this.#u=[],this.#d=new Ye(this,()=>this.scroller,e=>this.#h(e),()=>void this.#L(),()=>this.#I()),this.#f=new ResizeObserver(()=>this.#P())}#e;#t;#n;#r;#i;#a;#o;#s;#c;#l;#u;#d;#f;static{this.styles=[c,he,et]}get seen(){return!this.column||this.#t||!this.scroller.clientHeight?0:this.#c?this.conversation.lastSeq:Ge(this.scroller)}async focusAfter(e){await this.updateComplete;let t=q(this.scroller),n=t.findIndex(({message:t})=>t?.seq===e);(t[n+1]??t[n]??t.at(-1))?.focus({preventScroll:!1})}async focusLast(){await this.updateComplete,q(this.scroller).at(-1)?.focus()}get#p(){return this.client.history(this.conversation.id)}disconnectedCallback(){super.disconnectedCallback(),this.#f.disconnect(),this.#D(this.conversation)}concerns(e,t){return e!==`history`&&e!==`typing`||t.conversationId===this.conversation.id}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);e.has(`conversation`)&&t?.id!==this.conversation.id?(t&&this.#D(t),this.#T()):(this.column&&!this.#o&&this.#n.capture(this.scroller),e.has(`target`)&&this.target?this.#i.show({to:`message`,seq:this.target,flash:!0}):!this.#p.loaded&&!this.#i.isOpening?this.#E():this.#i.check()),this.#i.connected(this.client.state.name===`connected`),this.#w();let{outgoing:n}=this.#p,r=n.at(-1);r&&!this.#u.some(({clientId:e})=>e===r.clientId)&&(this.#e=0,this.#i.show({to:`end`})),this.#u=n;let{messages:i,moreAfter:a}=this.#p;this.#a=this.#r.fit(i,this.#A(),a),this.#s=!a&&this.#a.to===i.length,this.#d.willUpdate()}firstUpdated(){pt().then(({onDayChange:e})=>e(this),()=>{})}updated(){this.#o=!0,this.#d.updated(),this.#M(),this.#O()}render(){let{conversation:e,client:t}=this,n=this.#p;if(!n.loaded||this.#i.isOpening)return this.#S();let{messages:r,moreBefore:i}=n,{from:a,to:o}=this.#a,s=this.#s?n.outgoing:[],c=this.#s?de(t,t.typing(e.id)):``,l=[...Qe(r,this.#x(r),a,o),...$e(s,r.at(-1)?.authorId===t.me?.id)],u=this.#d.activeAmong(l.map(e=>this.#h(e))),d=ct(t,e,n),f=le();return _`
<div class="scroller" tabindex="-1" role="group" aria-label=${y.messagesOf(w(e,t.me?.id))}
@scroll=${this.#F} @keydown=${this.#d.key} @focusin=${this.#d.entered}
@causerie-actions=${this.#v} @causerie-details=${({detail:e})=>this.#y(e)}>
${l.length?``:this.#C()}
<div class="column">
${a>0||i?this.#m(`older`,a>0,y.olderFailed):``}
${l.length?_`<div role="list">
${re(l,e=>this.#h(e),e=>this.#g(e,u,d,f))}
</div>`:``}
${this.#s?``:this.#m(`newer`,o<r.length,y.newerFailed)}
<p class="typing">${c}</p>
</div>
</div>
<causerie-floating-date></causerie-floating-date>
<causerie-arrivals .client=${t} .conversationId=${e.id}></causerie-arrivals>
<causerie-popup></causerie-popup>
<causerie-message-details .client=${t} .conversation=${e}></causerie-message-details>
<causerie-latest-button
?shown=${this.away}
.unread=${e.readState.unread}
@causerie-latest=${this.#L}
></causerie-latest-button>
`}#m(e,t,n){return _`<causerie-load-sentinel
.problem=${this.#i.failed===e&&!t?n:``}
@causerie-load=${()=>this.#j(e)}
></causerie-load-sentinel>`}#h({message:e,outgoing:t}){return e?e.authorId===this.client.me?.id&&e.clientId||e.id:t?.clientId??``}#g(e,t,n,r){let{message:i,outgoing:a,startsDay:o,startsNew:s,first:c,last:l}=e,{conversation:u,client:d}=this,f=!i||i.authorId===d.me?.id,p=f?d.me:d.user(i.authorId),m=t===this.#h(e);return _`
<causerie-message
exportparts="bubble,own-bubble"
role="listitem"
tabindex=${m?0:-1}
.message=${i}
.outgoing=${a}
.day=${i&&o?B(i.sentAt,new Date):``}
?startsNew=${s}
?own=${f}
?first=${c}
?last=${l}
.author=${f?``:this.#_(i.authorId)}
.colour=${u.kind===`group`&&!f?p?x(p):i.authorId:``}
.progress=${a?.status??(f&&i?ot(u,i):``)}
.readers=${(i&&n.get(i.seq))??Ve}
.timeZone=${r}
?actionable=${i!==void 0&&!i.deletedAt}
?active=${m}
></causerie-message>
`}#_(e){let{client:t,conversation:n}=this;return t.isHidden(e)&&Ee(t,n.id),ee(t,e)}async#v({detail:{message:e,anchor:t,returnTo:n}}){let i=await pt().catch(()=>void 0);if(!i)return this.#b();if(e.conversationId!==this.conversation.id)return;let a=i.messageActions({message:e,capabilities:this.conversation.capabilities,isOwn:e.authorId===this.client.me?.id,address:this.addressOf?.(r(this.conversation.id,e.seq)),fire:t=>this.dispatchEvent(new CustomEvent(t,{detail:e})),showDetails:()=>void this.#y(e)});await this.popup?.show(y.messageActions,a,t,n)}async#y(e){try{await C(()=>import(`./message-details-BgxKCdHJ.js`),[],import.meta.url),await this.details.show(e)}catch{this.#b()}}#b(){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:y.loadFailed}))}#x(e){let t=e[0];return!this.#e||!t||t.seq>this.#e&&this.#p.moreBefore?0:e.find(({seq:e})=>e>=this.#e)?.seq??0}#S(){return _`<div class="scroller" tabindex="-1">${this.#i.failed===`first`?_`<div class="empty" role="alert">
<p>${y.loadFailed}</p>
<button class="button" @click=${this.#i.retry}>${y.tryAgain}</button>
</div>`:_`<div class="centre" role="status"><span class="spinner"></span><span class="visually-hidden">${y.loading}</span></div>`}</div>`}#C(){return _`<div class="empty">
<span class="badge">${me}</span>
<h2>${y.noMessages}</h2>
<p>${y.noMessagesHint}</p>
</div>`}#w(){let{unread:e,readSeq:t}=this.conversation.readState;e&&this.#c&&!T()&&this.column&&(this.#e=Math.max(this.#e,t+1),this.#t={to:`separator`,seq:this.#e})}#T(){let{readSeq:e,unread:t}=this.conversation.readState;this.#e=t?e+1:0,this.popup?.close?.(),this.#n.clear(),this.#d.reset(),this.#r.reset(),this.#i.reset(),this.#t=void 0,this.#c=this.#l=this.away=!1,this.#u=this.#p.outgoing;let n=ut(this.client,this.conversation.id);this.target?this.#i.show({to:`message`,seq:this.target,flash:!0}):this.#e?this.#i.show({to:`separator`,seq:this.#e}):this.#i.show(n?{to:`message`,...n}:{to:`end`})}#E(){let{place:e}=this.#n;this.#i.reset(),this.#i.show(this.#c||!e?{to:`end`}:{to:`message`,...e})}#D({id:e}){!this.column||this.#t||(lt(this.client,e,this.#c?void 0:this.#n.place),this.#k(this.client.history(e),0))}#O(){let e=this.#p;e.messages.length>mt&&this.#k(e,ht)}#k(e,t){let{messages:n}=e,r=n[Math.max(this.#a.from-t,0)],i=n[Math.min(this.#a.to+t,n.length)-1];r&&i&&e.unloadExcept(r.seq,i.seq)}#A(){return this.#t?Y(this.#t)||1/0:this.#c||!this.column?1/0:Ke(this.scroller)}#j(e){this.#r.grow(this.#p.messages,e)?this.requestUpdate():this.#i.extend(e)}async#M(){let{scroller:e,column:t}=this;if(!t)this.#o=!1;else if(await Promise.all(q(e).filter(e=>e.isUpdatePending).map(e=>e.updateComplete)),this.#o=!1,t.isConnected){this.#f.disconnect(),this.#f.observe(e),this.#f.observe(t),this.#N(),this.#P();for(let t of e.querySelectorAll(`causerie-load-sentinel`))t.observe()}}#N(){let{scroller:e}=this,t=this.#t;if(!t||!e.clientHeight)return;this.#t=void 0;let n=q(e).find(({message:e,startsNew:n})=>t.to===`message`?(e?.seq??0)>=t.seq:t.to===`separator`&&n);if(this.#c=!n,!n)return;let r=(t.to===`message`?t.top:void 0)??e.clientHeight*ft;e.scrollTop+=n.getBoundingClientRect().top-e.getBoundingClientRect().top-r,this.#n.capture(e),t.to===`message`&&t.flash&&n.flash()}#P(){let{scroller:e,column:t}=this;!t||this.#t||(this.#c||this.#l?e.scrollTop=e.scrollHeight:this.#n.restore(e),this.#I())}#F(){this.#I(),this.#c||this.floatingDate?.show?.(this.scroller)}#I(){let{scroller:e}=this;if(this.#t||this.#o||!e.clientHeight)return;let t=e.scrollHeight-e.clientHeight-e.scrollTop<dt&&this.#s;t&&(this.#l=!1),this.#c=t,this.away=!t&&!this.#l,this.#n.capture(e),this.#d.scrolled(t),this.dispatchEvent(new CustomEvent(`causerie-seen`))}async#L(){let{scroller:e}=this;!this.#s||e.scrollHeight-e.scrollTop>3*e.clientHeight||matchMedia(`(prefers-reduced-motion: reduce)`).matches?(this.#i.show({to:`end`}),await this.updateComplete):(this.#l=!0,e.scrollTo({top:e.scrollHeight,behavior:`smooth`})),this.#d.last()}};a([i({attribute:!1})],Q.prototype,`conversation`,void 0),a([i({type:Number})],Q.prototype,`target`,void 0),a([i({attribute:!1})],Q.prototype,`addressOf`,void 0),a([h()],Q.prototype,`away`,void 0),a([p(`.scroller`)],Q.prototype,`scroller`,void 0),a([p(`causerie-popup`)],Q.prototype,`popup`,void 0),a([p(`causerie-floating-date`)],Q.prototype,`floatingDate`,void 0),a([p(`causerie-message-details`)],Q.prototype,`details`,void 0),a([p(`.column`)],Q.prototype,`column`,void 0),Q=a([s(`causerie-message-list`)],Q);function gt(e,t){let{capabilities:n,state:r,kind:i,cannotSend:a}=e;if(n.has(`send`))return``;if(r===`locked`)return y.lockedConversation;if(r===`closed`)return n.has(`reopen`)?y.closedReopenable:y.closedConversation;let o=a===`needs_friend`||a===`messaging_off`?y.errors[a]:void 0;if(o)return o;if(i===`mail`)return y.mailIsOneMessage;let s=pe(e,t);if(!s)return y.cannotSend;let c=b(s);return s.status===`removed`?y.peerRemoved(c):s.status===`deactivated`||s.status===`invited`?y.peerInactive(c):y.cannotSendTo(c)}var _t=e({ConversationPane:()=>$}),$=class extends m{constructor(...e){super(...e),this.target=0,this.details=!1,this.problem=``,this.updateEvents=[`state`],this.#e=!1,this.#t=!1,this.#n=new ge(this,()=>void this.#i())}#e;#t;#n;static{this.styles=[c,u]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}get#r(){return d(this.client.me?.id??``)}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);e.has(`conversation`)&&t?.id!==this.conversation.id&&(this.problem=``,this.#e=this.conversation.readState.markedUnread)}updated(){this.#n.seen()}render(){let{conversation:e,client:t}=this,n=gt(e,t.me?.id);return n&&C(()=>import(`./chat-notice-CQ5J7IjJ.js`),[],import.meta.url).catch(()=>{}),_`
<causerie-chat-header
exportparts="header"
.client=${t}
.conversation=${e}
?details=${this.details}
@causerie-problem=${this.#m}
></causerie-chat-header>
<causerie-message-list
exportparts="bubble,own-bubble"
.client=${t}
.conversation=${e}
.target=${this.target}
.addressOf=${this.addressOf}
@causerie-seen=${this.#n.seen}
@causerie-edit=${this.#o}
@causerie-delete=${({detail:e})=>this.#f(e,!1)}
@causerie-delete-copy=${({detail:e})=>this.#f(e,!0)}
@causerie-retry=${({detail:e})=>this.#u(()=>t.retry(e.clientId))}
@causerie-discard=${({detail:e})=>this.#u(()=>t.discard(e.clientId))}
@causerie-rewrite=${({detail:e})=>this.#d(e)}
@causerie-problem=${this.#m}
></causerie-message-list>
${this.problem?_`<p class="problem" role="alert">${this.problem}</p>`:``}
${n?_`<causerie-chat-notice .client=${t} .conversation=${e} .text=${n}></causerie-chat-notice>`:_`<causerie-composer
exportparts="composer"
.drafts=${this.#r}
.conversationId=${e.id}
.textBytesMax=${t.limits.textBytesMax??0}
@causerie-send=${this.#a}
@causerie-save=${this.#l}
@causerie-edit-last=${this.#s}
@causerie-typing=${n=>t.setTyping(e.id,n.detail)}
></causerie-composer>`}
<causerie-confirm-dialog
.heading=${y.deleteTitle}
.text=${this.deleting?.ownCopy?y.deleteForMeText:y.deleteText}
.action=${y.delete}
@causerie-confirm=${this.#p}
></causerie-confirm-dialog>
`}async#i(){let{conversation:e,client:t}=this,n=this.list?.seen??0;if(!n||this.#t||t.state.name!==`connected`)return;let{unread:r,markedUnread:i,readSeq:a}=e.readState;if(!(r&&n>a)&&!(i&&this.#e))return;let o=this.#e;this.#e=!1,this.#t=!0;try{await t.markRead(e.id,Math.max(n,a))}catch{this.conversation.id===e.id&&(this.#e||=o);return}finally{this.#t=!1}this.#n.seen()}#a(e){this.problem=``,this.client.send(this.conversation.id,e.detail)}#o({detail:e}){this.#c(e)}#s(){let e=this.client.history(this.conversation.id);if(!this.conversation.capabilities.has(`edit`)||e.outgoing.length||e.moreAfter)return;let t=e.messages.findLast(e=>e.authorId===this.client.me?.id&&!e.deletedAt);t&&this.#c(t)}#c(e){this.#r.startEdit(e.conversationId,e),e.conversationId===this.conversation.id&&this.focusComposer()}async#l({detail:{messageId:e,original:t,text:n}}){let{id:r}=this.conversation,i=this.#r;await this.#h(async()=>{n!==t&&await this.client.edit(r,e,n),i.get(r).edit?.messageId===e&&i.endEdit(r)})}#u(e){e(),this.list.focusLast()}#d({clientId:e,text:t}){let{id:n}=this.conversation,r=this.#r;this.client.discard(e)&&(r.endEdit(n),r.setText(n,[t,r.get(n).text].filter(Boolean).join(`
`)),this.focusComposer())}async#f(e,t){this.deleting={message:e,ownCopy:t},await this.#h(async()=>{await C(()=>import(`./confirm-dialog-BgUHXwhj.js`).then(e=>e.t),[],import.meta.url),await this.confirm.updateComplete,this.confirm.show()})}async#p(){if(!this.deleting)return;let{message:e,ownCopy:t}=this.deleting,{conversationId:n,id:r,seq:i}=e,{client:a}=this,o=this.#r;o.get(n).edit?.messageId===r&&o.endEdit(n),await this.#h(async()=>{await(t?a.deleteOwnCopy(n,r):a.delete(n,r)),n===this.conversation.id&&await this.list.focusAfter(i)})}#m({detail:e}){this.problem=e}async#h(e){this.problem=``;try{await e()}catch(e){this.problem=v(e)}}};a([i({attribute:!1})],$.prototype,`conversation`,void 0),a([i({type:Number})],$.prototype,`target`,void 0),a([i({attribute:!1})],$.prototype,`addressOf`,void 0),a([i({type:Boolean})],$.prototype,`details`,void 0),a([h()],$.prototype,`problem`,void 0),a([h()],$.prototype,`deleting`,void 0),a([p(`causerie-chat-header`)],$.prototype,`header`,void 0),a([p(`causerie-message-list`)],$.prototype,`list`,void 0),a([p(`causerie-composer`)],$.prototype,`composer`,void 0),a([p(`causerie-confirm-dialog`)],$.prototype,`confirm`,void 0),$=a([s(`causerie-conversation-pane`)],$);export{R as a,O as c,T as d,B as i,A as l,K as n,E as o,q as r,j as s,_t as t,D as u};