import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,C as n,D as r,E as i,F as a,M as o,N as s,O as c,P as l,S as u,T as d,V as f,_ as ee,_t as te,b as p,c as m,d as h,dt as g,et as ne,f as re,ht as _,i as v,j as y,k as b,l as x,lt as S,mt as C,o as w,ot as T,pt as E,u as D,v as O,x as k}from"./base-DKBj6lqv.js";import{n as ie,t as ae}from"./lit-DFzsCMXs.js";function A(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function j(e,t){let n=A(e);return A(t).every(e=>n.some(t=>t.startsWith(e)))}function M(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}var oe=800,N=class extends T{constructor(...e){super(...e),this.problem=``,this.#t=()=>{this.dispatchEvent(new CustomEvent(`causerie-load`))}}#e;static{this.styles=[p,g` :host{display:grid;place-items:center;min-height:52px;padding-block:6px}p{display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:4px 12px;color:var(--muted);font-size:0.875rem;text-align:center}.button{min-height:36px;padding:0 14px}`]}connectedCallback(){super.connectedCallback();let e=e=>{!this.problem&&e.some(({isIntersecting:e})=>e)&&this.#t()};this.#e=new IntersectionObserver(e,{root:this.parentElement?.parentElement??null,rootMargin:`${oe}px 0px`}),this.observe()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.disconnect()}observe(){this.#e?.unobserve(this),this.#e?.observe(this)}render(){return this.problem?S`<p role="alert">
<span>${this.problem}</span><button class="button" @click=${this.#t}>${_.tryAgain}</button>
</p>`:S`<span class="spinner" role="img" aria-label=${_.loading}></span>`}#t};i([b()],N.prototype,`problem`,void 0),N=i([t(`causerie-load-sentinel`)],N);var se=`(max-width: 719px)`,P=8,F=class extends T{constructor(...e){super(...e),this.items=[],this.label=``,this.sheet=!1,this.#n=!1,this.#c=e=>{let t=e.composedPath();!t.includes(this)&&!(e.type===`pointerdown`&&this.#e&&t.includes(this.#e))&&this.#i(!1)},this.#l=()=>this.#i(!1),this.#u=e=>{let t=[...this.renderRoot.querySelectorAll(`[role=menuitem]`)],n=t.indexOf(this.shadowRoot?.activeElement),r={ArrowDown:1,ArrowUp:-1}[e.key],i={Home:0,End:-1}[e.key];if(e.key===`Escape`)this.#i(!0);else if(r)t.at((n+r)%t.length)?.focus();else if(i!==void 0)t.at(i)?.focus();else if(e.key.length===1&&e.key!==` `&&!e.ctrlKey&&!e.metaKey){let r=t=>t.innerText.trim().slice(0,1).localeCompare(e.key,E,{sensitivity:`base`})===0;[...t.slice(n+1),...t.slice(0,n+1)].find(r)?.focus()}else return;e.preventDefault(),e.stopPropagation()},this.#d=e=>{let t=e.relatedTarget;t!==this.#e&&!e.currentTarget.contains(t)&&this.#i(!1)}}#e;#t;#n;static{this.styles=[p,g` .popup{margin:0;padding:6px;border:1px solid var(--border);background:var(--raised);color:var(--text);box-shadow:var(--shadow)}.menu{position:fixed;inset:auto;min-width:168px;max-width:calc(100vw - 16px);border-radius:14px}.sheet{position:fixed;inset:auto 0 0;width:100%;max-width:560px;max-height:80dvh;margin-inline:auto;padding:8px 10px max(10px,env(safe-area-inset-bottom));border-width:1px 0 0;border-radius:20px 20px 0 0;overflow-y:auto;animation:rise 0.16s ease-out}.sheet::before{content:"";display:block;width:36px;height:4px;margin:2px auto 8px;border-radius:2px;background:var(--border)}.sheet::backdrop{background:rgb(10 10 20 / 45%)}@keyframes rise{from{transform:translateY(24px);opacity:0}}.popup button{width:100%;display:flex;align-items:center;gap:10px;min-height:38px;padding:0 10px;border-radius:9px;text-align:start;white-space:nowrap}.sheet button{min-height:50px;gap:14px;padding:0 14px;border-radius:12px;font-size:1rem;white-space:normal}.popup button:hover,.popup button:focus-visible{background:var(--hover);outline-offset:-2px}@media (forced-colors: active){.popup button:focus-visible{outline-color:Highlight}}.popup .icon{flex:none;width:19px;height:19px;color:var(--muted)}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i(!1)}async show(e,t,n,r=n){let i=this.#e===n;if(this.#i(i),i||!t.length||(this.label=e,this.items=t,this.sheet=matchMedia(se).matches,this.#e=n,this.#t=r,this.#n=!1,this.#a(!0),await this.updateComplete,this.#e!==n))return;let a=this.renderRoot.querySelector(`.popup`);a instanceof HTMLDialogElement?a.showModal():a&&(a.showPopover(),this.#r(a,n),addEventListener(`pointerdown`,this.#c,!0),addEventListener(`wheel`,this.#c,{capture:!0,passive:!0}),addEventListener(`resize`,this.#l)),a?.querySelector(`button`)?.focus()}close(){this.#i(!1)}render(){if(!this.items.length)return``;let e=this.items.map(e=>S`<button role="menuitem" @click=${t=>this.#o(t,e)}>${e.icon}<span>${e.label}</span></button>`);return this.sheet?S`<dialog
class="popup sheet"
aria-label=${this.label}
@keydown=${this.#u}
@cancel=${e=>this.#s(e)}
@pointerdown=${()=>{this.#n=!0}}
@click=${e=>this.#n&&e.target===e.currentTarget&&this.#i(!0)}
>
<div role="menu" aria-label=${this.label}>${e}</div>
</dialog>`:S`<div
class="popup menu"
popover="manual"
role="menu"
aria-label=${this.label}
@keydown=${this.#u}
@focusout=${this.#d}
>
${e}
</div>`}#r(e,t){let[n,{width:r,height:i}]=[t.getBoundingClientRect(),e.getBoundingClientRect()],a=getComputedStyle(t).direction===`rtl`,o=(e,t,n)=>Math.max(P,Math.min(e,n-t-P)),s=n.bottom+i+P<=innerHeight;e.style.left=`${o(a?n.left:n.right-r,r,innerWidth)}px`,e.style.top=`${o(s?n.bottom:n.top-i,i,innerHeight)}px`}#i(e){if(!this.#e)return;this.#a(!1);let t=this.#t;this.#e=this.#t=void 0,removeEventListener(`pointerdown`,this.#c,!0),removeEventListener(`wheel`,this.#c,!0),removeEventListener(`resize`,this.#l),this.renderRoot.querySelector(`dialog`)?.close(),this.items=[],e&&t?.focus({preventScroll:!0})}#a(e){this.#e?.ariaHasPopup&&(this.#e.ariaExpanded=String(e))}#o({detail:e},t){this.sheet&&!this.#n&&e>0||(this.#i(!0),t.run())}#s(e){e.preventDefault(),this.#i(!0)}#c;#l;#u;#d};i([c()],F.prototype,`items`,void 0),i([c()],F.prototype,`label`,void 0),i([c()],F.prototype,`sheet`,void 0),F=i([t(`causerie-popup`)],F);function I(e,t){let[n,r]=t.slice(0,2).map(t=>s(e,t)??_.unnamedUser);return n===void 0?``:r===void 0?_.typingOne(n):t.length===2?_.typingTwo(n,r):_.typingMany}var L=3e3,R=class extends d{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[p,g` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return S`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`){let t=e.reason.name===`unauthenticated`?_.notSignedIn:_.closedByServer;return S`<div class="banner closed"><span>${t}</span>${this.#n(_.connectAgain)}</div>`}if(e.name===`connected`&&this.client.isProbing&&!navigator.onLine)return S`<div class="banner"><span>${_.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.isProbing?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return S`<div class="banner"><span>${_.waitingForNetwork}</span>${this.#n(_.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[t,n]=e.name===`connecting`?[_.connecting,``]:[_.reconnecting,this.#n(_.tryNow)];return S`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${t}</span>${n}</div>`}#n(e){return S`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},L)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};i([c()],R.prototype,`isOverdue`,void 0),R=i([t(`causerie-connection-banner`)],R);var z=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=D(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof te&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},B=class extends T{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[p,k,u]}render(){if(this.state===`searching`)return S`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${_.loading}</span></div>`;let e=this.state===`failed`;return S`<div class="empty">
<span class="badge">${f}</span>
<h2 role="alert">${e?_.loadFailed:_.conversationNotFound}</h2>
${e?S`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${_.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${_.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};i([b()],B.prototype,`state`,void 0),B=i([t(`causerie-conversation-placeholder`)],B);var V={conversation:()=>import(`./conversation-pane-CniErVP_.js`).then(e=>e.t),compose:()=>import(`./compose-8yFdZlMl.js`),newChat:()=>import(`./new-chat-3sweWxTp.js`),network:()=>import(`./network-page-D6uxCyfw.js`),details:()=>import(`./details-pane-ME8g8CdS.js`)},H=`conversation`,U=2e3,W=class{#e=/* @__PURE__ */ new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(H),this.#t=setTimeout(()=>{for(let e of Object.keys(V))this.#n(e)},U)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await V[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await V[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},G=g` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`,K=120,q=class extends d{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}static{this.shadowRootOptions={...T.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[p,G]}render(){let{conversation:e,client:t}=this,n=t.me?.id,r=a(e,n),i=l(e,n),o=i!==void 0&&(t.presence(i.id)?.online??!1),{unread:s,markedUnread:c}=e.readState,u=s>0||c,{lastMessage:d,activeAt:f}=e;return S`
<button
part="conversation"
class=${u?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${r}
.key=${i?y(i):e.id}
.kind=${i?`user`:e.kind===`group`?`group`:`note`}
?online=${o}
></causerie-avatar>
<span class="name clip">${r}</span>
${o?S`<span class="visually-hidden">${_.online}</span>`:``}
${this.#n(s,c)}
<span class="preview muted clip ${u?``:`wide`}">
${e.state===`open`?``:S`<span class="tag">${_.states[e.state]}</span>`}${this.#e()}
</span>
${d?S`<time datetime=${f.toISOString()} title=${v(f)}>${w(f,/* @__PURE__ */ new Date)}</time>`:``}
</button>
`}#e(){let{conversation:e,client:t}=this,n=I(t,t.typing(e.id));if(n)return S`<span class="typing">${n}</span>`;if(this.draft)return S`<span class="draft">${_.draft}</span><bdi>${M(this.draft.trim(),K)}</bdi>`;let r=e.lastMessage;if(!r)return _.noMessages;if(r.deletedAt)return S`<i>${_.deleted}</i>`;let i=this.#t(r);return S`${i?_.authoredText(i,``):``}<bdi>${M(r.text,K)}</bdi>`}#t({authorId:e}){let{kind:t}=this.conversation;return t===`note_to_self`?``:e===this.client.me?.id?_.you:t===`group`?s(this.client,e)??``:``}#n(e,t){if(!e&&!t)return``;let n=e?_.unread(e):_.markedUnread;return S`<span class="badge ${e?``:`dot`}" aria-hidden="true" title=${n}
>${e>99?`99+`:e||``}</span
><span class="visually-hidden">${n}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};i([b({attribute:!1})],q.prototype,`conversation`,void 0),i([b()],q.prototype,`draft`,void 0),i([b({type:Boolean})],q.prototype,`current`,void 0),i([b({type:Boolean})],q.prototype,`reachable`,void 0),q=i([t(`causerie-conversation-item`)],q);var ce=g` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,le=150,ue=700;function J(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return j([a(e,t),...r].join(` `),n)}var Y=class extends d{constructor(...e){super(...e),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.updateEvents=[`conversations`,`state`],this.#e=new ee(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#a={text:``,at:0},this.#g=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?_.moreConversationsFailed:_.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;static{this.styles=[p,u,ce,g` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#d(this.#u().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#d(this.#u().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#s(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>J(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=_.loadFailed)})}willUpdate(e){super.willUpdate(e),this.client.conversationsLoaded&&this.problem===_.loadFailed&&(this.problem=``)}updated(){this.#h()}render(){let{client:e}=this;if(!e.conversationsLoaded)return this.problem?this.#l():this.#c();let t=this.shown;if(!e.conversations.length)return S`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let n=this.#e.of(e.me?.id??``),r=[this.focused,this.current].find(e=>t.some(t=>t.id===e))??t[0]?.id;return S`<div class="scroller">
<div>
<ul aria-label=${_.conversations} @keydown=${this.#p} @focusin=${this.#f}>
${ae(t,({id:e})=>e,t=>S`<li>
<causerie-conversation-item
exportparts="conversation"
.client=${e}
.conversation=${t}
.draft=${this.#o(t,n)?.text??``}
?current=${t.id===this.current}
.reachable=${t.id===r}
></causerie-conversation-item>
</li>`)}
</ul>
${e.hasMoreConversations?S`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#g}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}#o({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#s(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#o(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#c(){return this.client.state.name===`closed`?``:S`<div role="status"><span class="visually-hidden">${_.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>S`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#l(){return S`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#g}>${_.tryAgain}</button>
</div>`}#u(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#d(e){return await e?.updateComplete,e?.focus(),e!==void 0}#f(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#p(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#u(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#a={text:``,at:0}),r!==void 0)this.#d(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#d(this.#m(e.key,t,n));else return;e.preventDefault()}#m(e,t,n){let r=Date.now(),i=r-this.#a.at<ue,o=(i?this.#a.text:``)+e;this.#a={text:o,at:r};let s=A(o).join(` `),c=i?n:n+1,l=[...t.slice(c),...t.slice(0,c)],u=this.client.me?.id;return l.find(({conversation:e})=>A(a(e,u)).join(` `).startsWith(s))}#h(){let{client:e}=this,t=e.conversations.map(t=>l(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,le),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#g};i([b()],Y.prototype,`current`,void 0),i([b()],Y.prototype,`filter`,void 0),i([c()],Y.prototype,`problem`,void 0),i([c()],Y.prototype,`focused`,void 0),i([r(`causerie-load-sentinel`)],Y.prototype,`sentinel`,void 0),Y=i([t(`causerie-conversation-list`)],Y);var de=g` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,X=class extends d{constructor(...e){super(...e),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:e}=await import(`./alerts-BNzfRPZU.js`);await this.popup.show(_.settings,e(e=>{this.problem=e}),this.meButton)}catch{this.problem=_.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[p,u,de]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&import(`./network-link-BkPWM1SH.js`).catch(()=>{})}render(){let{client:e,filter:t}=this,{me:n}=e,r=t.trim()!==``;return S`<aside @causerie-navigate=${this.#s}>
<header>
${n?this.#e(n):``}
<h1 class="clip" tabindex="-1">${_.conversations}</h1>
<causerie-network-link .client=${e} ?current=${this.current===h}></causerie-network-link>
${this.mayStart?S`<button
class="icon-button new"
aria-label=${_.newConversation}
title=${_.newConversation}
@click=${()=>this.#c(`new`)}
>
${ne}
</button>`:``}
</header>
${this.problem?S`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.conversations.length||r?this.#n():``}
${r?``:S`<causerie-network-link .client=${e} look="row"></causerie-network-link>`}
<causerie-conversation-list exportparts="conversation" .client=${e} .current=${this.current} .filter=${t}>
<div slot="empty" class="empty">
<span class="badge">${f}</span>
<h2>${_.noConversations}</h2>
<p>${this.mayStart?_.noConversationsHint:_.noConversationsWait}</p>
${this.mayStart?S`<button class="button primary" @click=${()=>this.#c(`new`)}>${_.newConversation}</button>`:``}
</div>
${r?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(e){let t=_.signedInAs(o(e));return S`<button
class="me"
title=${t}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" .name=${o(e)} .key=${y(e)}></causerie-avatar>
<span class="visually-hidden">${t}. ${_.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return S`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${_.searchAll}
placeholder=${_.search}
.value=${ie(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>J(n,e.me?.id,t));return S`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&import(`./people-results-B3UJHfTD.js`).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};i([b()],X.prototype,`current`,void 0),i([b({type:Boolean})],X.prototype,`mayStart`,void 0),i([c()],X.prototype,`filter`,void 0),i([c()],X.prototype,`problem`,void 0),i([r(`h1`)],X.prototype,`heading`,void 0),i([r(`input`)],X.prototype,`field`,void 0),i([r(`causerie-conversation-list`)],X.prototype,`list`,void 0),i([r(`causerie-people-results`)],X.prototype,`people`,void 0),i([r(`.me`)],X.prototype,`meButton`,void 0),i([r(`causerie-popup`)],X.prototype,`popup`,void 0),X=i([t(`causerie-sidebar`)],X);var Z=720,fe=2e3,Q=class extends d{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new z(this),this.#n=new W(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[n,p,u,g` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await import(`./alerts-BNzfRPZU.js`);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),fe);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=re(this.route);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(m(this.#i)===n.id?this.#a=!0:this.#r=this.#t.find(t,n.id)),n.kind===`user`&&(this.#r=D(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let t=this.#g();if(t)return O(this.client.me?.id??``).move(m(this.route),t),this.#w(this.#u?x(t):t);this.#_();let n=this.pane?this.route:``,r=this.#i;this.#i=n,(n!==r||n&&e.has(`route`))&&this.#c(n,r)}async#c(e,t){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&t===x(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(m(t))}}render(){let{client:e}=this,t=this.#u,n=`${this.#e.kind===`list`?`list`:`chat`} ${t?`details`:``}`;return S`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${n}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(t?m(this.route):x(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar exportparts="conversation" .client=${e} .current=${m(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${t?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!D(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>S`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>S`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>S`<causerie-conversation-pane
exportparts="header,bubble,own-bubble,composer"
class="pane"
.client=${e}
.conversation=${n}
.target=${`seq`in this.#e?this.#e.seq:0}
.addressOf=${this.addressOf}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>S`<causerie-new-chat
exportparts="header,composer"
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):S`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>S`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():S`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:e}=this;if(!e.conversationsLoaded)return``;let t=this.#l,[n,r]=e.conversations.length?[_.chooseConversation,t?_.chooseConversationHint:``]:[_.noConversations,t?_.noConversationsHint:_.noConversationsWait];return S`<div class="empty">
<span class="badge">${f}</span>
<h2>${n}</h2>
<p>${r}</p>
${t?S`<button class="button primary" @click=${()=>this.#C(`new`)}>${_.newConversation}</button>`:``}
<causerie-network-link .client=${e} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>l(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:e}=this.#e,{conversation:t,user:n}=this.#d()??{},r={compose:_.newConversation,network:_.network},i=t?a(t,this.client.me?.id):n?o(n):r[e]??``;i!==this.#o&&(this.#o=i,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:i})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(m(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<Z}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=m(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};i([b()],Q.prototype,`route`,void 0),i([b({attribute:!1})],Q.prototype,`addressOf`,void 0),i([b({attribute:!1})],Q.prototype,`keepFocus`,void 0),i([b({type:Boolean})],Q.prototype,`embedded`,void 0),i([r(`.pane`)],Q.prototype,`pane`,void 0),i([r(`causerie-details-pane`)],Q.prototype,`detailsPane`,void 0),i([r(`causerie-sidebar`)],Q.prototype,`sidebar`,void 0),Q=i([t(`causerie-messenger`)],Q);var pe=/* @__PURE__ */ e({Panel:()=>$});function me(e,t){return typeof e==`function`?(...e)=>t.replace(/\{(\d)\}/g,(t,n)=>String(e[n]??t)):t}var $=class e{#e;static async create(t,n,r){let i=await C(n),a=Object.entries(r).map(([e,t])=>[e,me(i[e],t)]);return a.length&&await C(n,{en:Object.fromEntries(a),fr:Object.fromEntries(a)}),new e(t)}constructor(e){this.onRoute=()=>{};let t=document.createElement(`causerie-messenger`);t.client=e,t.embedded=!0,t.setAttribute(`exportparts`,`conversation,header,bubble,own-bubble,composer`);for(let e of[`causerie-navigate`,`causerie-redirect`])t.addEventListener(e,e=>this.onRoute(e.detail));this.#e=t,this.element=t}go(e){this.#e.route=e}keepFocus(e){this.#e.keepFocus=e}};export{$ as Panel,j as i,I as n,M as r,pe as t};