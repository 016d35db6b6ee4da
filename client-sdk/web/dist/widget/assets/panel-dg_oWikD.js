import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,A as n,B as r,D as i,E as a,M as o,N as s,O as c,P as l,S as u,T as d,_ as f,at as p,b as m,c as h,ct as g,d as _,f as v,ft as y,g as ee,gt as te,i as ne,j as b,k as x,l as S,mt as C,o as w,pt as T,u as E,ut as D,w as O,x as k,y as A}from"./base-DqcMDlV7.js";import{n as j,t as re}from"./lit-BgtTjuHI.js";function M(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function N(e,t){let n=M(e);return M(t).every(e=>n.some(t=>t.startsWith(e)))}function P(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}var F=800,I=class extends p{constructor(...e){super(...e),this.problem=``,this.#t=()=>{this.dispatchEvent(new CustomEvent(`causerie-load`))}}#e;static{this.styles=[A,D` :host{display:grid;place-items:center;min-height:52px;padding-block:6px}p{display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:4px 12px;color:var(--muted);font-size:0.875rem;text-align:center}.button{min-height:36px;padding:0 14px}`]}connectedCallback(){super.connectedCallback();let e=e=>{!this.problem&&e.some(({isIntersecting:e})=>e)&&this.#t()};this.#e=new IntersectionObserver(e,{root:this.parentElement?.parentElement??null,rootMargin:`${F}px 0px`}),this.observe()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.disconnect()}observe(){this.#e?.unobserve(this),this.#e?.observe(this)}render(){return this.problem?g`<p role="alert">
<span>${this.problem}</span><button class="button" @click=${this.#t}>${C.tryAgain}</button>
</p>`:g`<span class="spinner" role="img" aria-label=${C.loading}></span>`}#t};d([c()],I.prototype,`problem`,void 0),I=d([x(`causerie-load-sentinel`)],I);var L=`(max-width: 719px)`,R=8,z=class extends p{constructor(...e){super(...e),this.items=[],this.label=``,this.sheet=!1,this.#n=!1,this.#c=e=>{let t=e.composedPath();!t.includes(this)&&!(e.type===`pointerdown`&&this.#e&&t.includes(this.#e))&&this.#i(!1)},this.#l=()=>this.#i(!1),this.#u=e=>{let t=[...this.renderRoot.querySelectorAll(`[role=menuitem]`)],n=t.indexOf(this.shadowRoot?.activeElement),r={ArrowDown:1,ArrowUp:-1}[e.key],i={Home:0,End:-1}[e.key];if(e.key===`Escape`)this.#i(!0);else if(r)t.at((n+r)%t.length)?.focus();else if(i!==void 0)t.at(i)?.focus();else if(e.key.length===1&&e.key!==` `&&!e.ctrlKey&&!e.metaKey){let r=t=>t.innerText.trim().slice(0,1).localeCompare(e.key,y,{sensitivity:`base`})===0;[...t.slice(n+1),...t.slice(0,n+1)].find(r)?.focus()}else return;e.preventDefault(),e.stopPropagation()},this.#d=e=>{let t=e.relatedTarget;t!==this.#e&&!e.currentTarget.contains(t)&&this.#i(!1)}}#e;#t;#n;static{this.styles=[A,D` .popup{margin:0;padding:6px;border:1px solid var(--border);background:var(--raised);color:var(--text);box-shadow:var(--shadow)}.menu{position:fixed;inset:auto;min-width:168px;max-width:calc(100vw - 16px);border-radius:14px}.sheet{position:fixed;inset:auto 0 0;width:100%;max-width:560px;max-height:80dvh;margin-inline:auto;padding:8px 10px max(10px,env(safe-area-inset-bottom));border-width:1px 0 0;border-radius:20px 20px 0 0;overflow-y:auto;animation:rise 0.16s ease-out}.sheet::before{content:"";display:block;width:36px;height:4px;margin:2px auto 8px;border-radius:2px;background:var(--border)}.sheet::backdrop{background:rgb(10 10 20 / 45%)}@keyframes rise{from{transform:translateY(24px);opacity:0}}.popup button{width:100%;display:flex;align-items:center;gap:10px;min-height:38px;padding:0 10px;border-radius:9px;text-align:start;white-space:nowrap}.sheet button{min-height:50px;gap:14px;padding:0 14px;border-radius:12px;font-size:1rem;white-space:normal}.popup button:hover,.popup button:focus-visible{background:var(--hover);outline-offset:-2px}@media (forced-colors: active){.popup button:focus-visible{outline-color:Highlight}}.popup .icon{flex:none;width:19px;height:19px;color:var(--muted)}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i(!1)}async show(e,t,n,r=n){let i=this.#e===n;if(this.#i(i),i||!t.length||(this.label=e,this.items=t,this.sheet=matchMedia(L).matches,this.#e=n,this.#t=r,this.#n=!1,this.#a(!0),await this.updateComplete,this.#e!==n))return;let a=this.renderRoot.querySelector(`.popup`);a instanceof HTMLDialogElement?a.showModal():a&&(a.showPopover(),this.#r(a,n),addEventListener(`pointerdown`,this.#c,!0),addEventListener(`wheel`,this.#c,{capture:!0,passive:!0}),addEventListener(`resize`,this.#l)),a?.querySelector(`button`)?.focus()}render(){if(!this.items.length)return``;let e=this.items.map(e=>g`<button role="menuitem" @click=${t=>this.#o(t,e)}>${e.icon}<span>${e.label}</span></button>`);return this.sheet?g`<dialog
class="popup sheet"
aria-label=${this.label}
@keydown=${this.#u}
@cancel=${e=>this.#s(e)}
@pointerdown=${()=>{this.#n=!0}}
@click=${e=>this.#n&&e.target===e.currentTarget&&this.#i(!0)}
>
<div role="menu" aria-label=${this.label}>${e}</div>
</dialog>`:g`<div
class="popup menu"
popover="manual"
role="menu"
aria-label=${this.label}
@keydown=${this.#u}
@focusout=${this.#d}
>
${e}
</div>`}#r(e,t){let[n,{width:r,height:i}]=[t.getBoundingClientRect(),e.getBoundingClientRect()],a=getComputedStyle(t).direction===`rtl`,o=(e,t,n)=>Math.max(R,Math.min(e,n-t-R)),s=n.bottom+i+R<=innerHeight;e.style.left=`${o(a?n.left:n.right-r,r,innerWidth)}px`,e.style.top=`${o(s?n.bottom:n.top-i,i,innerHeight)}px`}#i(e){if(!this.#e)return;this.#a(!1);let t=this.#t;this.#e=this.#t=void 0,removeEventListener(`pointerdown`,this.#c,!0),removeEventListener(`wheel`,this.#c,!0),removeEventListener(`resize`,this.#l),this.renderRoot.querySelector(`dialog`)?.close(),this.items=[],e&&t?.focus({preventScroll:!0})}#a(e){this.#e?.ariaHasPopup&&(this.#e.ariaExpanded=String(e))}#o({detail:e},t){this.sheet&&!this.#n&&e>0||(this.#i(!0),t.run())}#s(e){e.preventDefault(),this.#i(!0)}#c;#l;#u;#d};d([i()],z.prototype,`items`,void 0),d([i()],z.prototype,`label`,void 0),d([i()],z.prototype,`sheet`,void 0),z=d([x(`causerie-popup`)],z);function B(e,t){let[n,r]=t.slice(0,2).map(t=>o(e,t)??C.unnamedUser);return n===void 0?``:r===void 0?C.typingOne(n):t.length===2?C.typingTwo(n,r):C.typingMany}var V=3e3,H=class extends O{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[A,D` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return g`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`){let t=e.reason.name===`unauthenticated`?C.notSignedIn:C.closedByServer;return g`<div class="banner closed"><span>${t}</span>${this.#n(C.connectAgain)}</div>`}if(e.name===`connected`&&this.client.isProbing&&!navigator.onLine)return g`<div class="banner"><span>${C.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.isProbing?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return g`<div class="banner"><span>${C.waitingForNetwork}</span>${this.#n(C.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[t,n]=e.name===`connecting`?[C.connecting,``]:[C.reconnecting,this.#n(C.tryNow)];return g`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${t}</span>${n}</div>`}#n(e){return g`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},V)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};d([i()],H.prototype,`isOverdue`,void 0),H=d([x(`causerie-connection-banner`)],H);var U=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=E(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof te&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},W=class extends p{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[A,m,k]}render(){if(this.state===`searching`)return g`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${C.loading}</span></div>`;let e=this.state===`failed`;return g`<div class="empty">
<span class="badge">${r}</span>
<h2 role="alert">${e?C.loadFailed:C.conversationNotFound}</h2>
${e?g`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${C.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${C.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};d([c()],W.prototype,`state`,void 0),W=d([x(`causerie-conversation-placeholder`)],W);var G={conversation:()=>import(`./conversation-pane-Cx-wJv5k.js`).then(e=>e.t),compose:()=>import(`./compose-CVotrdx1.js`),newChat:()=>import(`./new-chat-BvQoeGZS.js`),network:()=>import(`./network-page-CVpAWxNg.js`),details:()=>import(`./details-pane-ClqaL8MH.js`)},K=`conversation`,ie=2e3,ae=class{#e=/* @__PURE__ */ new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(K),this.#t=setTimeout(()=>{for(let e of Object.keys(G))this.#n(e)},ie)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await G[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await G[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},oe=D` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`,q=120,J=class extends O{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}static{this.shadowRootOptions={...p.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[A,oe]}render(){let{conversation:e,client:t}=this,r=t.me?.id,i=l(e,r),a=s(e,r),o=a!==void 0&&(t.presence(a.id)?.online??!1),{unread:c,markedUnread:u}=e.readState,d=c>0||u,{lastMessage:f,activeAt:p}=e;return g`
<button
class=${d?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${i}
.key=${a?n(a):e.id}
.kind=${a?`user`:e.kind===`group`?`group`:`note`}
?online=${o}
></causerie-avatar>
<span class="name clip">${i}</span>
${o?g`<span class="visually-hidden">${C.online}</span>`:``}
${this.#n(c,u)}
<span class="preview muted clip ${d?``:`wide`}">
${e.state===`open`?``:g`<span class="tag">${C.states[e.state]}</span>`}${this.#e()}
</span>
${f?g`<time datetime=${p.toISOString()} title=${ne(p)}>${w(p,/* @__PURE__ */ new Date)}</time>`:``}
</button>
`}#e(){let{conversation:e,client:t}=this,n=B(t,t.typing(e.id));if(n)return g`<span class="typing">${n}</span>`;if(this.draft)return g`<span class="draft">${C.draft}</span><bdi>${P(this.draft.trim(),q)}</bdi>`;let r=e.lastMessage;if(!r)return C.noMessages;if(r.deletedAt)return g`<i>${C.deleted}</i>`;let i=this.#t(r);return g`${i?C.authoredText(i,``):``}<bdi>${P(r.text,q)}</bdi>`}#t({authorId:e}){let{kind:t}=this.conversation;return t===`note_to_self`?``:e===this.client.me?.id?C.you:t===`group`?o(this.client,e)??``:``}#n(e,t){if(!e&&!t)return``;let n=e?C.unread(e):C.markedUnread;return g`<span class="badge ${e?``:`dot`}" aria-hidden="true" title=${n}
>${e>99?`99+`:e||``}</span
><span class="visually-hidden">${n}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};d([c({attribute:!1})],J.prototype,`conversation`,void 0),d([c()],J.prototype,`draft`,void 0),d([c({type:Boolean})],J.prototype,`current`,void 0),d([c({type:Boolean})],J.prototype,`reachable`,void 0),J=d([x(`causerie-conversation-item`)],J);var se=D` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,ce=150,le=700;function Y(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return N([l(e,t),...r].join(` `),n)}var X=class extends O{constructor(...e){super(...e),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.updateEvents=[`conversations`,`state`],this.#e=new ee(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#a={text:``,at:0},this.#g=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?C.moreConversationsFailed:C.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;static{this.styles=[A,k,se,D` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#d(this.#u().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#d(this.#u().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#s(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>Y(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=C.loadFailed)})}willUpdate(e){super.willUpdate(e),this.client.conversationsLoaded&&this.problem===C.loadFailed&&(this.problem=``)}updated(){this.#h()}render(){let{client:e}=this;if(!e.conversationsLoaded)return this.problem?this.#l():this.#c();let t=this.shown;if(!e.conversations.length)return g`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let n=this.#e.of(e.me?.id??``),r=[this.focused,this.current].find(e=>t.some(t=>t.id===e))??t[0]?.id;return g`<div class="scroller">
<div>
<ul aria-label=${C.conversations} @keydown=${this.#p} @focusin=${this.#f}>
${re(t,({id:e})=>e,t=>g`<li>
<causerie-conversation-item
.client=${e}
.conversation=${t}
.draft=${this.#o(t,n)?.text??``}
?current=${t.id===this.current}
.reachable=${t.id===r}
></causerie-conversation-item>
</li>`)}
</ul>
${e.hasMoreConversations?g`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#g}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}#o({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#s(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#o(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#c(){return this.client.state.name===`closed`?``:g`<div role="status"><span class="visually-hidden">${C.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>g`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#l(){return g`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#g}>${C.tryAgain}</button>
</div>`}#u(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#d(e){return await e?.updateComplete,e?.focus(),e!==void 0}#f(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#p(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#u(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#a={text:``,at:0}),r!==void 0)this.#d(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#d(this.#m(e.key,t,n));else return;e.preventDefault()}#m(e,t,n){let r=Date.now(),i=r-this.#a.at<le,a=(i?this.#a.text:``)+e;this.#a={text:a,at:r};let o=M(a).join(` `),s=i?n:n+1,c=[...t.slice(s),...t.slice(0,s)],u=this.client.me?.id;return c.find(({conversation:e})=>M(l(e,u)).join(` `).startsWith(o))}#h(){let{client:e}=this,t=e.conversations.map(t=>s(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,ce),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#g};d([c()],X.prototype,`current`,void 0),d([c()],X.prototype,`filter`,void 0),d([i()],X.prototype,`problem`,void 0),d([i()],X.prototype,`focused`,void 0),d([a(`causerie-load-sentinel`)],X.prototype,`sentinel`,void 0),X=d([x(`causerie-conversation-list`)],X);var ue=D` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,Z=class extends O{constructor(...e){super(...e),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:e}=await import(`./alerts-Djo58mu1.js`);await this.popup.show(C.settings,e(e=>{this.problem=e}),this.meButton)}catch{this.problem=C.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[A,k,ue]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&import(`./network-link-CBxkRsG9.js`).catch(()=>{})}render(){let{client:e,filter:n}=this,{me:i}=e,a=n.trim()!==``;return g`<aside @causerie-navigate=${this.#s}>
<header>
${i?this.#e(i):``}
<h1 class="clip" tabindex="-1">${C.conversations}</h1>
<causerie-network-link .client=${e} ?current=${this.current===_}></causerie-network-link>
${this.mayStart?g`<button
class="icon-button new"
aria-label=${C.newConversation}
title=${C.newConversation}
@click=${()=>this.#c(`new`)}
>
${t}
</button>`:``}
</header>
${this.problem?g`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.conversations.length||a?this.#n():``}
${a?``:g`<causerie-network-link .client=${e} look="row"></causerie-network-link>`}
<causerie-conversation-list .client=${e} .current=${this.current} .filter=${n}>
<div slot="empty" class="empty">
<span class="badge">${r}</span>
<h2>${C.noConversations}</h2>
<p>${this.mayStart?C.noConversationsHint:C.noConversationsWait}</p>
${this.mayStart?g`<button class="button primary" @click=${()=>this.#c(`new`)}>${C.newConversation}</button>`:``}
</div>
${a?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(e){let t=C.signedInAs(b(e));return g`<button
class="me"
title=${t}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" .name=${b(e)} .key=${n(e)}></causerie-avatar>
<span class="visually-hidden">${t}. ${C.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return g`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${C.searchAll}
placeholder=${C.search}
.value=${j(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>Y(n,e.me?.id,t));return g`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&import(`./people-results-B9crpjUs.js`).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};d([c()],Z.prototype,`current`,void 0),d([c({type:Boolean})],Z.prototype,`mayStart`,void 0),d([i()],Z.prototype,`filter`,void 0),d([i()],Z.prototype,`problem`,void 0),d([a(`h1`)],Z.prototype,`heading`,void 0),d([a(`input`)],Z.prototype,`field`,void 0),d([a(`causerie-conversation-list`)],Z.prototype,`list`,void 0),d([a(`causerie-people-results`)],Z.prototype,`people`,void 0),d([a(`.me`)],Z.prototype,`meButton`,void 0),d([a(`causerie-popup`)],Z.prototype,`popup`,void 0),Z=d([x(`causerie-sidebar`)],Z);var de=720,fe=2e3,Q=class extends O{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new U(this),this.#n=new ae(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[u,A,k,D` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await import(`./alerts-Djo58mu1.js`);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),fe);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=v(this.route);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(h(this.#i)===n.id?this.#a=!0:this.#r=this.#t.find(t,n.id)),n.kind===`user`&&(this.#r=E(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let t=this.#g();if(t)return f(this.client.me?.id??``).move(h(this.route),t),this.#w(this.#u?S(t):t);this.#_();let n=this.pane?this.route:``,r=this.#i;this.#i=n,(n!==r||n&&e.has(`route`))&&this.#c(n,r)}async#c(e,t){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&t===S(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(h(t))}}render(){let{client:e}=this,t=this.#u,n=`${this.#e.kind===`list`?`list`:`chat`} ${t?`details`:``}`;return g`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${n}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(t?h(this.route):S(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar .client=${e} .current=${h(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${t?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!E(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>g`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>g`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>g`<causerie-conversation-pane
class="pane"
.client=${e}
.conversation=${n}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>g`<causerie-new-chat
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):g`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>g`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():g`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:e}=this;if(!e.conversationsLoaded)return``;let t=this.#l,[n,i]=e.conversations.length?[C.chooseConversation,t?C.chooseConversationHint:``]:[C.noConversations,t?C.noConversationsHint:C.noConversationsWait];return g`<div class="empty">
<span class="badge">${r}</span>
<h2>${n}</h2>
<p>${i}</p>
${t?g`<button class="button primary" @click=${()=>this.#C(`new`)}>${C.newConversation}</button>`:``}
<causerie-network-link .client=${e} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>s(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:e}=this.#e,{conversation:t,user:n}=this.#d()??{},r={compose:C.newConversation,network:C.network},i=t?l(t,this.client.me?.id):n?b(n):r[e]??``;i!==this.#o&&(this.#o=i,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:i})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(h(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<de}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=h(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};d([c()],Q.prototype,`route`,void 0),d([c({attribute:!1})],Q.prototype,`keepFocus`,void 0),d([c({type:Boolean})],Q.prototype,`embedded`,void 0),d([a(`.pane`)],Q.prototype,`pane`,void 0),d([a(`causerie-details-pane`)],Q.prototype,`detailsPane`,void 0),d([a(`causerie-sidebar`)],Q.prototype,`sidebar`,void 0),Q=d([x(`causerie-messenger`)],Q);var pe=/* @__PURE__ */ e({Panel:()=>$});function me(e,t){return typeof e==`function`?(...e)=>t.replace(/\{(\d)\}/g,(t,n)=>String(e[n]??t)):t}var $=class e{#e;static async create(t,n,r){let i=await T(n),a=Object.entries(r).map(([e,t])=>[e,me(i[e],t)]);return a.length&&await T(n,{en:Object.fromEntries(a),fr:Object.fromEntries(a)}),new e(t)}constructor(e){this.onRoute=()=>{};let t=document.createElement(`causerie-messenger`);t.client=e,t.embedded=!0;for(let e of[`causerie-navigate`,`causerie-redirect`])t.addEventListener(e,e=>this.onRoute(e.detail));this.#e=t,this.element=t}go(e){this.#e.route=e}keepFocus(e){this.#e.keepFocus=e}};export{$ as Panel,N as i,B as n,P as r,pe as t};