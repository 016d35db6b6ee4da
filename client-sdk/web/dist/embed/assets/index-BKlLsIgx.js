import{$ as e,C as t,G as n,H as r,I as i,K as a,Q as o,U as s,W as c,X as l,Z as u,_t as d,at as f,d as p,f as m,ft as h,g as ee,gt as g,h as te,ht as ne,i as _,it as v,m as y,mt as re,nt as b,o as x,ot as S,p as C,rt as w,st as T,tt as E,u as D,ut as O,vt as k}from"./base-eeG3xdAI.js";import{n as A,t as j}from"./lit-C8whEw6j.js";import{r as ie,t as ae}from"./sdk-4lv1ONsk.js";var oe=3e3,M=class extends E{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[l,h` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return O`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`){let t=e.reason.name===`unauthenticated`?g.notSignedIn:g.closedByServer;return O`<div class="banner closed"><span>${t}</span>${this.#n(g.connectAgain)}</div>`}if(e.name===`connected`&&this.client.isProbing&&!navigator.onLine)return O`<div class="banner"><span>${g.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.isProbing?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return O`<div class="banner"><span>${g.waitingForNetwork}</span>${this.#n(g.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[t,n]=e.name===`connecting`?[g.connecting,``]:[g.reconnecting,this.#n(g.tryNow)];return O`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${t}</span>${n}</div>`}#n(e){return O`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},oe)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};b([v()],M.prototype,`isOverdue`,void 0),M=b([S(`causerie-connection-banner`)],M);var se=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=c(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof k&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},N=class extends T{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[l,u,o]}render(){if(this.state===`searching`)return O`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${g.loading}</span></div>`;let e=this.state===`failed`;return O`<div class="empty">
<span class="badge">${t}</span>
<h2 role="alert">${e?g.loadFailed:g.conversationNotFound}</h2>
${e?O`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${g.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${g.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};b([f()],N.prototype,`state`,void 0),N=b([S(`causerie-conversation-placeholder`)],N);var P={conversation:()=>d(()=>import(`./conversation-pane-DMzuLgST.js`).then(e=>e.t),[],import.meta.url),compose:()=>d(()=>import(`./compose-D1i_ZL6J.js`),[],import.meta.url),newChat:()=>d(()=>import(`./new-chat-CSA2dmfu.js`),[],import.meta.url),network:()=>d(()=>import(`./network-page-yMO_hR-c.js`),[],import.meta.url),details:()=>d(()=>import(`./details-pane-GP6v8Ekg.js`),[],import.meta.url)},ce=`conversation`,le=2e3,ue=class{#e=new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(ce),this.#t=setTimeout(()=>{for(let e of Object.keys(P))this.#n(e)},le)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await P[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await P[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},de=h` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`;function F(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function I(e,t){let n=F(e);return F(t).every(e=>n.some(t=>t.startsWith(e)))}function L(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}function R(e,t){let[n,r]=t.slice(0,2).map(t=>m(e,t)??g.unnamedUser);return n===void 0?``:r===void 0?g.typingOne(n):t.length===2?g.typingTwo(n,r):g.typingMany}var z=120,B=class extends E{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}static{this.shadowRootOptions={...T.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[l,de]}render(){let{conversation:e,client:t}=this,n=t.me?.id,r=y(e,n),i=C(e,n),a=i!==void 0&&(t.presence(i.id)?.online??!1),{unread:o,markedUnread:s}=e.readState,c=o>0||s,{lastMessage:l,activeAt:u}=e;return O`
<button
part="conversation"
class=${c?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${r}
.key=${i?D(i):e.id}
.kind=${i?`user`:e.kind===`group`?`group`:`note`}
?online=${a}
></causerie-avatar>
<span class="name clip">${r}</span>
${a?O`<span class="visually-hidden">${g.online}</span>`:``}
${this.#n(o,s)}
<span class="preview muted clip ${c?``:`wide`}">
${e.state===`open`?``:O`<span class="tag">${g.states[e.state]}</span>`}${this.#e()}
</span>
${l?O`<time datetime=${u.toISOString()} title=${_(u)}>${x(u,new Date)}</time>`:``}
</button>
`}#e(){let{conversation:e,client:t}=this,n=R(t,t.typing(e.id));if(n)return O`<span class="typing">${n}</span>`;if(this.draft)return O`<span class="draft">${g.draft}</span><bdi>${L(this.draft.trim(),z)}</bdi>`;let r=e.lastMessage;if(!r)return g.noMessages;if(r.deletedAt)return O`<i>${g.deleted}</i>`;let i=this.#t(r);return O`${i?g.authoredText(i,``):``}<bdi>${L(r.text,z)}</bdi>`}#t({authorId:e}){let{kind:t}=this.conversation;return t===`note_to_self`?``:e===this.client.me?.id?g.you:t===`group`?m(this.client,e)??``:``}#n(e,t){if(!e&&!t)return``;let n=e?g.unread(e):g.markedUnread;return O`<span class="badge ${e?``:`dot`}" aria-hidden="true" title=${n}
>${e>99?`99+`:e||``}</span
><span class="visually-hidden">${n}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};b([f({attribute:!1})],B.prototype,`conversation`,void 0),b([f()],B.prototype,`draft`,void 0),b([f({type:Boolean})],B.prototype,`current`,void 0),b([f({type:Boolean})],B.prototype,`reachable`,void 0),B=b([S(`causerie-conversation-item`)],B);var V=800,H=class extends T{constructor(...e){super(...e),this.problem=``,this.#t=()=>{this.dispatchEvent(new CustomEvent(`causerie-load`))}}#e;static{this.styles=[l,h` :host{display:grid;place-items:center;min-height:52px;padding-block:6px}p{display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:4px 12px;color:var(--muted);font-size:0.875rem;text-align:center}.button{min-height:36px;padding:0 14px}`]}connectedCallback(){super.connectedCallback();let e=e=>{!this.problem&&e.some(({isIntersecting:e})=>e)&&this.#t()};this.#e=new IntersectionObserver(e,{root:this.parentElement?.parentElement??null,rootMargin:`${V}px 0px`}),this.observe()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.disconnect()}observe(){this.#e?.unobserve(this),this.#e?.observe(this)}render(){return this.problem?O`<p role="alert">
<span>${this.problem}</span><button class="button" @click=${this.#t}>${g.tryAgain}</button>
</p>`:O`<span class="spinner" role="img" aria-label=${g.loading}></span>`}#t};b([f()],H.prototype,`problem`,void 0),H=b([S(`causerie-load-sentinel`)],H);var fe=h` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,pe=150,me=700;function U(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return I([y(e,t),...r].join(` `),n)}var W=class extends E{constructor(...e){super(...e),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.updateEvents=[`conversations`,`state`],this.#e=new te(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#a={text:``,at:0},this.#g=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?g.moreConversationsFailed:g.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;static{this.styles=[l,o,fe,h` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#d(this.#u().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#d(this.#u().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#s(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>U(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=g.loadFailed)})}willUpdate(e){super.willUpdate(e),this.client.conversationsLoaded&&this.problem===g.loadFailed&&(this.problem=``)}updated(){this.#h()}render(){let{client:e}=this;if(!e.conversationsLoaded)return this.problem?this.#l():this.#c();let t=this.shown;if(!e.conversations.length)return O`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let n=this.#e.of(e.me?.id??``),r=[this.focused,this.current].find(e=>t.some(t=>t.id===e))??t[0]?.id;return O`<div class="scroller">
<div>
<ul aria-label=${g.conversations} @keydown=${this.#p} @focusin=${this.#f}>
${j(t,({id:e})=>e,t=>O`<li>
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
${e.hasMoreConversations?O`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#g}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}#o({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#s(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#o(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#c(){return this.client.state.name===`closed`?``:O`<div role="status"><span class="visually-hidden">${g.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>O`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#l(){return O`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#g}>${g.tryAgain}</button>
</div>`}#u(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#d(e){return await e?.updateComplete,e?.focus(),e!==void 0}#f(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#p(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#u(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#a={text:``,at:0}),r!==void 0)this.#d(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#d(this.#m(e.key,t,n));else return;e.preventDefault()}#m(e,t,n){let r=Date.now(),i=r-this.#a.at<me,a=(i?this.#a.text:``)+e;this.#a={text:a,at:r};let o=F(a).join(` `),s=i?n:n+1,c=[...t.slice(s),...t.slice(0,s)],l=this.client.me?.id;return c.find(({conversation:e})=>F(y(e,l)).join(` `).startsWith(o))}#h(){let{client:e}=this,t=e.conversations.map(t=>C(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,pe),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#g};b([f()],W.prototype,`current`,void 0),b([f()],W.prototype,`filter`,void 0),b([v()],W.prototype,`problem`,void 0),b([v()],W.prototype,`focused`,void 0),b([w(`causerie-load-sentinel`)],W.prototype,`sentinel`,void 0),W=b([S(`causerie-conversation-list`)],W);var he=`(max-width: 719px)`,G=8,K=class extends T{constructor(...e){super(...e),this.items=[],this.label=``,this.sheet=!1,this.#n=!1,this.#c=e=>{let t=e.composedPath();!t.includes(this)&&!(e.type===`pointerdown`&&this.#e&&t.includes(this.#e))&&this.#i(!1)},this.#l=()=>this.#i(!1),this.#u=e=>{let t=[...this.renderRoot.querySelectorAll(`[role=menuitem]`)],n=t.indexOf(this.shadowRoot?.activeElement),r={ArrowDown:1,ArrowUp:-1}[e.key],i={Home:0,End:-1}[e.key];if(e.key===`Escape`)this.#i(!0);else if(r)t.at((n+r)%t.length)?.focus();else if(i!==void 0)t.at(i)?.focus();else if(e.key.length===1&&e.key!==` `&&!e.ctrlKey&&!e.metaKey){let r=t=>t.innerText.trim().slice(0,1).localeCompare(e.key,re,{sensitivity:`base`})===0;[...t.slice(n+1),...t.slice(0,n+1)].find(r)?.focus()}else return;e.preventDefault(),e.stopPropagation()},this.#d=e=>{let t=e.relatedTarget;t!==this.#e&&!e.currentTarget.contains(t)&&this.#i(!1)}}#e;#t;#n;static{this.styles=[l,h` .popup{margin:0;padding:6px;border:1px solid var(--border);background:var(--raised);color:var(--text);box-shadow:var(--shadow)}.menu{position:fixed;inset:auto;min-width:168px;max-width:calc(100vw - 16px);border-radius:14px}.sheet{position:fixed;inset:auto 0 0;width:100%;max-width:560px;max-height:80dvh;margin-inline:auto;padding:8px 10px max(10px,env(safe-area-inset-bottom));border-width:1px 0 0;border-radius:20px 20px 0 0;overflow-y:auto;animation:rise 0.16s ease-out}.sheet::before{content:"";display:block;width:36px;height:4px;margin:2px auto 8px;border-radius:2px;background:var(--border)}.sheet::backdrop{background:rgb(10 10 20 / 45%)}@keyframes rise{from{transform:translateY(24px);opacity:0}}.popup button{width:100%;display:flex;align-items:center;gap:10px;min-height:38px;padding:0 10px;border-radius:9px;text-align:start;white-space:nowrap}.sheet button{min-height:50px;gap:14px;padding:0 14px;border-radius:12px;font-size:1rem;white-space:normal}.popup button:hover,.popup button:focus-visible{background:var(--hover);outline-offset:-2px}@media (forced-colors: active){.popup button:focus-visible{outline-color:Highlight}}.popup .icon{flex:none;width:19px;height:19px;color:var(--muted)}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i(!1)}async show(e,t,n,r=n){let i=this.#e===n;if(this.#i(i),i||!t.length||(this.label=e,this.items=t,this.sheet=matchMedia(he).matches,this.#e=n,this.#t=r,this.#n=!1,this.#a(!0),await this.updateComplete,this.#e!==n))return;let a=this.renderRoot.querySelector(`.popup`);a instanceof HTMLDialogElement?a.showModal():a&&(a.showPopover(),this.#r(a,n),addEventListener(`pointerdown`,this.#c,!0),addEventListener(`wheel`,this.#c,{capture:!0,passive:!0}),addEventListener(`resize`,this.#l)),a?.querySelector(`button`)?.focus()}close(){this.#i(!1)}render(){if(!this.items.length)return``;let e=this.items.map(e=>O`<button role="menuitem" @click=${t=>this.#o(t,e)}>${e.icon}<span>${e.label}</span></button>`);return this.sheet?O`<dialog
class="popup sheet"
aria-label=${this.label}
@keydown=${this.#u}
@cancel=${e=>this.#s(e)}
@pointerdown=${()=>{this.#n=!0}}
@click=${e=>this.#n&&e.target===e.currentTarget&&this.#i(!0)}
>
<div role="menu" aria-label=${this.label}>${e}</div>
</dialog>`:O`<div
class="popup menu"
popover="manual"
role="menu"
aria-label=${this.label}
@keydown=${this.#u}
@focusout=${this.#d}
>
${e}
</div>`}#r(e,t){let[n,{width:r,height:i}]=[t.getBoundingClientRect(),e.getBoundingClientRect()],a=getComputedStyle(t).direction===`rtl`,o=(e,t,n)=>Math.max(G,Math.min(e,n-t-G)),s=n.bottom+i+G<=innerHeight;e.style.left=`${o(a?n.left:n.right-r,r,innerWidth)}px`,e.style.top=`${o(s?n.bottom:n.top-i,i,innerHeight)}px`}#i(e){if(!this.#e)return;this.#a(!1);let t=this.#t;this.#e=this.#t=void 0,removeEventListener(`pointerdown`,this.#c,!0),removeEventListener(`wheel`,this.#c,!0),removeEventListener(`resize`,this.#l),this.renderRoot.querySelector(`dialog`)?.close(),this.items=[],e&&t?.focus({preventScroll:!0})}#a(e){this.#e?.ariaHasPopup&&(this.#e.ariaExpanded=String(e))}#o({detail:e},t){this.sheet&&!this.#n&&e>0||(this.#i(!0),t.run())}#s(e){e.preventDefault(),this.#i(!0)}#c;#l;#u;#d};b([v()],K.prototype,`items`,void 0),b([v()],K.prototype,`label`,void 0),b([v()],K.prototype,`sheet`,void 0),K=b([S(`causerie-popup`)],K);var ge=h` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,q=class extends E{constructor(...e){super(...e),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:e}=await d(async()=>{let{alertItems:e}=await import(`./alerts-qSxb7eAa.js`);return{alertItems:e}},[],import.meta.url);await this.popup.show(g.settings,e(e=>{this.problem=e}),this.meButton)}catch{this.problem=g.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[l,o,ge]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&d(()=>import(`./network-link-CltVqEzt.js`),[],import.meta.url).catch(()=>{})}render(){let{client:e,filter:r}=this,{me:a}=e,o=r.trim()!==``;return O`<aside @causerie-navigate=${this.#s}>
<header>
${a?this.#e(a):``}
<h1 class="clip" tabindex="-1">${g.conversations}</h1>
<causerie-network-link .client=${e} ?current=${this.current===n}></causerie-network-link>
${this.mayStart?O`<button
class="icon-button new"
aria-label=${g.newConversation}
title=${g.newConversation}
@click=${()=>this.#c(`new`)}
>
${i}
</button>`:``}
</header>
${this.problem?O`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.conversations.length||o?this.#n():``}
${o?``:O`<causerie-network-link .client=${e} look="row"></causerie-network-link>`}
<causerie-conversation-list exportparts="conversation" .client=${e} .current=${this.current} .filter=${r}>
<div slot="empty" class="empty">
<span class="badge">${t}</span>
<h2>${g.noConversations}</h2>
<p>${this.mayStart?g.noConversationsHint:g.noConversationsWait}</p>
${this.mayStart?O`<button class="button primary" @click=${()=>this.#c(`new`)}>${g.newConversation}</button>`:``}
</div>
${o?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(e){let t=g.signedInAs(p(e));return O`<button
class="me"
title=${t}
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" .name=${p(e)} .key=${D(e)}></causerie-avatar>
<span class="visually-hidden">${t}. ${g.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return O`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${g.searchAll}
placeholder=${g.search}
.value=${A(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>U(n,e.me?.id,t));return O`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&d(()=>import(`./people-results-DHz4vHUc.js`),[],import.meta.url).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};b([f()],q.prototype,`current`,void 0),b([f({type:Boolean})],q.prototype,`mayStart`,void 0),b([v()],q.prototype,`filter`,void 0),b([v()],q.prototype,`problem`,void 0),b([w(`h1`)],q.prototype,`heading`,void 0),b([w(`input`)],q.prototype,`field`,void 0),b([w(`causerie-conversation-list`)],q.prototype,`list`,void 0),b([w(`causerie-people-results`)],q.prototype,`people`,void 0),b([w(`.me`)],q.prototype,`meButton`,void 0),b([w(`causerie-popup`)],q.prototype,`popup`,void 0),q=b([S(`causerie-sidebar`)],q);var _e=720,ve=2e3,J=class extends E{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new se(this),this.#n=new ue(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[e,l,o,h` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await d(async()=>{let{startAlerts:e}=await import(`./alerts-qSxb7eAa.js`);return{startAlerts:e}},[],import.meta.url);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),ve);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=a(this.route);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(r(this.#i)===n.id?this.#a=!0:this.#r=this.#t.find(t,n.id)),n.kind===`user`&&(this.#r=c(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let t=this.#g();if(t)return ee(this.client.me?.id??``).move(r(this.route),t),this.#w(this.#u?s(t):t);this.#_();let n=this.pane?this.route:``,i=this.#i;this.#i=n,(n!==i||n&&e.has(`route`))&&this.#c(n,i)}async#c(e,t){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&t===s(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(r(t))}}render(){let{client:e}=this,t=this.#u,n=`${this.#e.kind===`list`?`list`:`chat`} ${t?`details`:``}`;return O`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${n}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(t?r(this.route):s(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar exportparts="conversation" .client=${e} .current=${r(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${t?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!c(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>O`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>O`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>O`<causerie-conversation-pane
exportparts="header,bubble,own-bubble,composer"
class="pane"
.client=${e}
.conversation=${n}
.target=${`seq`in this.#e?this.#e.seq:0}
.addressOf=${this.addressOf}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>O`<causerie-new-chat
exportparts="header,composer"
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):O`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>O`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():O`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:e}=this;if(!e.conversationsLoaded)return``;let n=this.#l,[r,i]=e.conversations.length?[g.chooseConversation,n?g.chooseConversationHint:``]:[g.noConversations,n?g.noConversationsHint:g.noConversationsWait];return O`<div class="empty">
<span class="badge">${t}</span>
<h2>${r}</h2>
<p>${i}</p>
${n?O`<button class="button primary" @click=${()=>this.#C(`new`)}>${g.newConversation}</button>`:``}
<causerie-network-link .client=${e} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>C(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:e}=this.#e,{conversation:t,user:n}=this.#d()??{},r={compose:g.newConversation,network:g.network},i=t?y(t,this.client.me?.id):n?p(n):r[e]??``;i!==this.#o&&(this.#o=i,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:i})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(r(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<_e}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=r(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};b([f()],J.prototype,`route`,void 0),b([f({attribute:!1})],J.prototype,`addressOf`,void 0),b([f({attribute:!1})],J.prototype,`keepFocus`,void 0),b([f({type:Boolean})],J.prototype,`embedded`,void 0),b([w(`.pane`)],J.prototype,`pane`,void 0),b([w(`causerie-details-pane`)],J.prototype,`detailsPane`,void 0),b([w(`causerie-sidebar`)],J.prototype,`sidebar`,void 0),J=b([S(`causerie-messenger`)],J);var Y=new URLSearchParams(location.search),X=Y.get(`locale`);document.documentElement.dataset.theme=Y.get(`theme`)??`auto`;var Z=window.parent!==window;function Q(e,t={}){Z&&window.parent.postMessage({causerie:e,...t},`*`)}var $=new Set,ye=1e4;function be(){return new Promise((e,t)=>{$.add(e),setTimeout(()=>{$.delete(e),t(Error(`the page around the chat gave no token`))},ye),Q(`token`)})}async function xe(){let e=ne(X?[X,...navigator.languages]:navigator.languages),t=new URL(`../v1/ws`,location.href);t.protocol=t.protocol===`https:`?`wss:`:`ws:`;let n=new ae({url:t.href,getToken:be,client:{name:`causerie-embed`,version:ie}}),r=document.createElement(`causerie-messenger`);r.client=n,r.embedded=!0,r.keepFocus=!0,r.route=Y.get(`conversation`)??``;let i=e=>{r.route=e,Q(`open`,{route:e})};for(let e of[`pointerdown`,`keydown`])addEventListener(e,()=>{r.keepFocus=!1});for(let e of[`causerie-navigate`,`causerie-redirect`])r.addEventListener(e,e=>i(e.detail));addEventListener(`message`,({source:e,data:t})=>{if(e===window.parent&&t){if(t.causerie===`token`&&typeof t.token==`string`){let{token:e}=t;for(let t of $)t(e);$.clear(),n.state.name===`closed`&&n.connect()}t.causerie===`open`&&typeof t.route==`string`&&(r.route=t.route)}});let a=!1;n.on(`state`,({name:e})=>{e!==`connected`||a||(a=!0,Q(`ready`))}),n.on(`unread`,e=>Q(`unread`,{count:e})),n.on(`error`,({name:e,message:t})=>Q(`error`,{name:e,message:t})),n.connect(),document.documentElement.lang=(await e).locale,document.body.append(r)}xe();export{L as n,I as r,R as t};