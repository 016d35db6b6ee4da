import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,A as n,B as r,C as i,D as a,E as o,F as s,G as c,I as l,J as u,K as d,L as f,M as p,N as m,O as h,P as g,Q as _,R as v,S as y,T as b,Y as x,d as ee,f as S,g as C,h as te,j as w,k as ne,l as re,m as T,n as E,p as D,s as O,t as k,tt as ie,w as A,x as ae}from"./base-Reduinh7.js";function j(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function M(e,t){let n=j(e);return j(t).every(e=>n.some(t=>t.startsWith(e)))}function N(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}var P=3e3,F=class extends A{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[o,x` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return u`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`){let n=e.reason.name===`unauthenticated`?t.notSignedIn:t.closedByServer;return u`<div class="banner closed"><span>${n}</span>${this.#n(t.connectAgain)}</div>`}if(e.name===`connected`&&this.client.isProbing&&!navigator.onLine)return u`<div class="banner"><span>${t.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.isProbing?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return u`<div class="banner"><span>${t.waitingForNetwork}</span>${this.#n(t.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[n,r]=e.name===`connecting`?[t.connecting,``]:[t.reconnecting,this.#n(t.tryNow)];return u`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${n}</span>${r}</div>`}#n(e){return u`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},P)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};b([w()],F.prototype,`isOverdue`,void 0),F=b([m(`causerie-connection-banner`)],F);var I=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=T(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof ie&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},L=class extends d{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[o,a,h]}render(){if(this.state===`searching`)return u`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${t.loading}</span></div>`;let e=this.state===`failed`;return u`<div class="empty">
<span class="badge">${r}</span>
<h2 role="alert">${e?t.loadFailed:t.conversationNotFound}</h2>
${e?u`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${t.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${t.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};b([p()],L.prototype,`state`,void 0),L=b([m(`causerie-conversation-placeholder`)],L);var R={conversation:()=>import(`./conversation-C7AQGmcc.js`).then(e=>e.t),compose:()=>import(`./compose-25gHCEMB.js`),newChat:()=>import(`./new-chat-hjqGFJTJ.js`),network:()=>import(`./network-page-Cm6aWTDX.js`),details:()=>import(`./details-pane-CYR2hgH_.js`)},z=`conversation`,B=2e3,V=class{#e=/* @__PURE__ */ new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(z),this.#t=setTimeout(()=>{for(let e of Object.keys(R))this.#n(e)},B)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await R[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await R[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},H=x` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`,U=120,W=class extends A{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}concerns(e,t){let{conversation:n,client:r}=this;return e===`presence`?t.userId===f(n,r.me?.id)?.id:e!==`typing`||t.conversationId===n.id}static{this.shadowRootOptions={...d.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[o,H]}render(){let{conversation:e,client:n}=this,r=n.me?.id,i=v(e,r),a=f(e,r),o=a!==void 0&&(n.presence(a.id)?.online??!1),{unread:s,markedUnread:c}=e.readState,l=s>0||c,{lastMessage:d,activeAt:p}=e;return u`
<button
part="conversation"
class=${l?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${i}
.key=${a?g(a):e.id}
.kind=${a?`user`:e.kind===`group`?`group`:`note`}
?online=${o}
></causerie-avatar>
<span class="name clip" dir="auto">${i}</span>
${o?u`<span class="visually-hidden">${t.online}</span>`:``}
${this.#n(s,c)}
<span class="preview muted clip ${l?``:`wide`}">
${e.state===`open`?``:u`<span class="tag">${t.states[e.state]}</span>`}${this.#e()}
</span>
${d?u`<time datetime=${p.toISOString()} title=${O(p)}>${re(p,/* @__PURE__ */ new Date)}</time>`:``}
</button>
`}#e(){let{conversation:e,client:n}=this,r=k(n,n.typing(e.id));if(r)return u`<span class="typing">${r}</span>`;if(this.draft)return u`<span class="draft">${t.draft}</span><bdi>${N(this.draft.trim(),U)}</bdi>`;let i=e.lastMessage;if(!i)return t.noMessages;if(i.deletedAt)return u`<i>${t.deleted}</i>`;let a=this.#t(i);return u`${a?t.authoredText(a,``):``}<bdi>${N(i.text,U)}</bdi>`}#t({authorId:e}){let{kind:n}=this.conversation;return n===`note_to_self`?``:e===this.client.me?.id?t.you:n===`group`?l(this.client,e)??``:``}#n(e,n){if(!e&&!n)return``;let r=e?t.unread(e):t.markedUnread;return u`<span class="badge ${e?``:`dot`}" aria-hidden="true" title=${r}
>${e?E(e):``}</span
><span class="visually-hidden">${r}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};b([p({attribute:!1})],W.prototype,`conversation`,void 0),b([p()],W.prototype,`draft`,void 0),b([p({type:Boolean})],W.prototype,`current`,void 0),b([p({type:Boolean})],W.prototype,`reachable`,void 0),W=b([m(`causerie-conversation-item`)],W);var G=x` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,K=150,q=10,oe=700;function J(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return M([v(e,t),...r].join(` `),n)}var Y=class extends A{constructor(...e){super(...e),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.rowsMax=20,this.updateEvents=[`conversations`,`state`],this.#e=new ae(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#o={text:``,at:0},this.#v=()=>{for(let e of this.#f())e.requestUpdate()},this.#y=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?t.moreConversationsFailed:t.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;#o;static{this.styles=[o,h,G,x` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#p(this.#f().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#p(this.#f().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#l(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>J(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=t.loadFailed)})}willUpdate(e){super.willUpdate(e);let{conversations:n,conversationsLoaded:r}=this.client;r&&this.problem===t.loadFailed&&(this.problem=``),this.#s||(this.rowsMax=n.length+20)}updated(){this.isConnected&&this.#_();let e=this.rowsMax+q;this.#s&&setTimeout(()=>this.rowsMax=e),this.#a??=import(`./passing-time-D3A58D7i.js`).then(e=>e.r).then(({onDayChange:e})=>e(this,this.#v),()=>{this.#a=void 0})}render(){let{client:e}=this;if(!e.conversationsLoaded)return this.problem?this.#d():this.#u();let n=this.shown.slice(0,this.rowsMax);if(!e.conversations.length)return u`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let r=this.#e.of(e.me?.id??``),i=[this.focused,this.current].find(e=>n.some(t=>t.id===e))??n[0]?.id;return u`<div class="scroller">
<div>
<ul aria-label=${t.conversations} @keydown=${this.#h} @focusin=${this.#m}>
${ee(n,({id:e})=>e,t=>u`<li>
<causerie-conversation-item
exportparts="conversation"
.client=${e}
.conversation=${t}
.draft=${this.#c(t,r)?.text??``}
?current=${t.id===this.current}
.reachable=${t.id===i}
></causerie-conversation-item>
</li>`)}
</ul>
${e.hasMoreConversations&&!this.#s?u`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#y}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}get#s(){return this.rowsMax<this.client.conversations.length}#c({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#l(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#c(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#u(){return this.client.state.name===`closed`?``:u`<div role="status"><span class="visually-hidden">${t.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>u`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#d(){return u`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#y}>${t.tryAgain}</button>
</div>`}#f(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#p(e){return await e?.updateComplete,e?.focus(),e!==void 0}#m(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#h(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#f(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#o={text:``,at:0}),r!==void 0)this.#p(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#p(this.#g(e.key,t,n));else return;e.preventDefault()}#g(e,t,n){let r=Date.now(),i=r-this.#o.at<oe,a=(i?this.#o.text:``)+e;this.#o={text:a,at:r};let o=j(a).join(` `),s=i?n:n+1,c=[...t.slice(s),...t.slice(0,s)],l=this.client.me?.id;return c.find(({conversation:e})=>j(v(e,l)).join(` `).startsWith(o))}#_(){let{client:e}=this,t=e.conversations.map(t=>f(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,K),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#v;#y};b([p()],Y.prototype,`current`,void 0),b([p()],Y.prototype,`filter`,void 0),b([w()],Y.prototype,`problem`,void 0),b([w()],Y.prototype,`focused`,void 0),b([w()],Y.prototype,`rowsMax`,void 0),b([n(`causerie-load-sentinel`)],Y.prototype,`sentinel`,void 0),Y=b([m(`causerie-conversation-list`)],Y);var se=x` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,X=class extends A{constructor(...e){super(...e),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:e}=await import(`./alerts-DFqbQNMQ.js`);await this.popup.show(t.settings,e(e=>{this.problem=e}),this.meButton)}catch{this.problem=t.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[o,h,se]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&import(`./network-link-CM3PMHq5.js`).catch(()=>{})}render(){let{client:e,filter:n}=this,{me:i}=e,a=n.trim()!==``;return u`<aside @causerie-navigate=${this.#s}>
<header>
${i?this.#e(i):``}
<h1 class="clip" tabindex="-1">${t.conversations}</h1>
<causerie-network-link .client=${e} ?current=${this.current===te}></causerie-network-link>
${this.mayStart?u`<button
class="icon-button new"
aria-label=${t.newConversation}
title=${t.newConversation}
@click=${()=>this.#c(`new`)}
>
${c}
</button>`:``}
</header>
${this.problem?u`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.conversations.length||a?this.#n():``}
${a?``:u`<causerie-network-link .client=${e} look="row"></causerie-network-link>`}
<causerie-conversation-list exportparts="conversation" .client=${e} .current=${this.current} .filter=${n}>
<div slot="empty" class="empty">
<span class="badge">${r}</span>
<h2>${t.noConversations}</h2>
<p>${this.mayStart?t.noConversationsHint:t.noConversationsWait}</p>
${this.mayStart?u`<button class="button primary" @click=${()=>this.#c(`new`)}>${t.newConversation}</button>`:``}
</div>
${a?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(e){let n=t.signedInAs(s(e));return u`<button
class="me"
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" title=${n} .name=${s(e)} .key=${g(e)}></causerie-avatar>
<span class="visually-hidden">${n}. ${t.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return u`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${t.searchAll}
placeholder=${t.search}
.value=${i(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>J(n,e.me?.id,t));return u`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&import(`./people-results-BuUxTa3W.js`).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};b([p()],X.prototype,`current`,void 0),b([p({type:Boolean})],X.prototype,`mayStart`,void 0),b([w()],X.prototype,`filter`,void 0),b([w()],X.prototype,`problem`,void 0),b([n(`h1`)],X.prototype,`heading`,void 0),b([n(`input`)],X.prototype,`field`,void 0),b([n(`causerie-conversation-list`)],X.prototype,`list`,void 0),b([n(`causerie-people-results`)],X.prototype,`people`,void 0),b([n(`.me`)],X.prototype,`meButton`,void 0),b([n(`causerie-popup`)],X.prototype,`popup`,void 0),X=b([m(`causerie-sidebar`)],X);var ce=720,le=2e3,Z=class extends A{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new I(this),this.#n=new V(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[ne,o,h,x` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),this.lang||=t.locale,this.dir||=t.direction,addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await import(`./alerts-DFqbQNMQ.js`);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),le);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=C(this.route);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(S(this.#i)===n.id?this.#a=!0:this.#r=this.#t.find(t,n.id)),n.kind===`user`&&(this.#r=T(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let t=this.#g();if(t)return y(this.client.me?.id??``).move(S(this.route),t),this.#w(this.#u?D(t):t);this.#_();let n=this.pane?this.route:``,r=this.#i;this.#i=n,(n!==r||n&&e.has(`route`))&&this.#c(n,r)}async#c(e,t){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&t===D(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(S(t))}}render(){let{client:e}=this,t=this.#u,n=`${this.#e.kind===`list`?`list`:`chat`} ${t?`details`:``}`;return u`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${n}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(t?S(this.route):D(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar exportparts="conversation" .client=${e} .current=${S(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${t?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!T(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>u`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>u`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>u`<causerie-conversation-pane
exportparts="header,bubble,own-bubble,composer"
class="pane"
.client=${e}
.conversation=${n}
.target=${`seq`in this.#e?this.#e.seq:0}
.addressOf=${this.addressOf}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>u`<causerie-new-chat
exportparts="header,composer"
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):u`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>u`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():u`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:e}=this;if(!e.conversationsLoaded)return``;let n=this.#l,[i,a]=e.conversations.length?[t.chooseConversation,n?t.chooseConversationHint:``]:[t.noConversations,n?t.noConversationsHint:t.noConversationsWait];return u`<div class="empty">
<span class="badge">${r}</span>
<h2>${i}</h2>
<p>${a}</p>
${n?u`<button class="button primary" @click=${()=>this.#C(`new`)}>${t.newConversation}</button>`:``}
<causerie-network-link .client=${e} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>f(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:e}=this.#e,{conversation:n,user:r}=this.#d()??{},i={compose:t.newConversation,network:t.network},a=n?v(n,this.client.me?.id):r?s(r):i[e]??``;a!==this.#o&&(this.#o=a,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:a})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(S(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<ce}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=S(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};b([p()],Z.prototype,`route`,void 0),b([p({attribute:!1})],Z.prototype,`addressOf`,void 0),b([p({attribute:!1})],Z.prototype,`keepFocus`,void 0),b([p({type:Boolean})],Z.prototype,`embedded`,void 0),b([n(`.pane`)],Z.prototype,`pane`,void 0),b([n(`causerie-details-pane`)],Z.prototype,`detailsPane`,void 0),b([n(`causerie-sidebar`)],Z.prototype,`sidebar`,void 0),Z=b([m(`causerie-messenger`)],Z);var ue=/* @__PURE__ */ e({Panel:()=>$});function Q(e,t){return typeof e==`function`?(...e)=>t.replace(/\{(\d)\}/g,(t,n)=>String(e[n]??t)):t}var $=class e{#e;static async create(t,n,r){let i=await _(n),a=Object.entries(r).map(([e,t])=>[e,Q(i[e],t)]);return a.length&&await _(n,{[i.locale]:Object.fromEntries(a)}),new e(t)}constructor(e){this.onRoute=()=>{};let t=document.createElement(`causerie-messenger`);t.client=e,t.embedded=!0,t.setAttribute(`exportparts`,`conversation,header,bubble,own-bubble,composer`);for(let e of[`causerie-navigate`,`causerie-redirect`])t.addEventListener(e,e=>this.onRoute(e.detail));this.#e=t,this.element=t}go(e){this.#e.route=e}keepFocus(e){this.#e.keepFocus=e}};export{$ as Panel,N as n,M as r,ue as t};