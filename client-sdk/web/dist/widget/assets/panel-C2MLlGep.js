import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,C as n,D as r,E as i,F as a,G as o,I as s,J as c,L as l,M as u,N as d,O as f,P as p,Q as m,R as h,S as g,T as _,W as ee,Z as v,d as y,et as te,f as b,g as ne,h as re,j as x,k as S,l as C,m as w,n as T,p as E,q as D,s as ie,t as O,w as k,x as A,z as j}from"./base-BsNUvOP0.js";function M(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function N(e,t){let n=M(e);return M(t).every(e=>n.some(t=>t.startsWith(e)))}function P(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}var F=3e3,I=class extends k{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[i,c` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return D`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`){let t=e.reason.name===`unauthenticated`?m.notSignedIn:m.closedByServer;return D`<div class="banner closed"><span>${t}</span>${this.#n(m.connectAgain)}</div>`}if(e.name===`connected`&&this.client.isProbing&&!navigator.onLine)return D`<div class="banner"><span>${m.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.isProbing?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return D`<div class="banner"><span>${m.waitingForNetwork}</span>${this.#n(m.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[t,n]=e.name===`connecting`?[m.connecting,``]:[m.reconnecting,this.#n(m.tryNow)];return D`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${t}</span>${n}</div>`}#n(e){return D`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},F)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};_([x()],I.prototype,`isOverdue`,void 0),I=_([d(`causerie-connection-banner`)],I);var L=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=w(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof te&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},R=class extends o{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[i,r,f]}render(){if(this.state===`searching`)return D`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${m.loading}</span></div>`;let e=this.state===`failed`;return D`<div class="empty">
<span class="badge">${j}</span>
<h2 role="alert">${e?m.loadFailed:m.conversationNotFound}</h2>
${e?D`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${m.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${m.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};_([u()],R.prototype,`state`,void 0),R=_([d(`causerie-conversation-placeholder`)],R);var z={conversation:()=>import(`./conversation-Cpt6OSxw.js`).then(e=>e.t),compose:()=>import(`./compose-BmtofchS.js`),newChat:()=>import(`./new-chat-BtaowAzY.js`),network:()=>import(`./network-page-CqaO0CWz.js`),details:()=>import(`./details-pane-Dy4le53k.js`)},B=`conversation`,V=2e3,H=class{#e=/* @__PURE__ */ new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(B),this.#t=setTimeout(()=>{for(let e of Object.keys(z))this.#n(e)},V)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await z[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await z[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},U=c` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`,W=120,G=class extends k{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}static{this.shadowRootOptions={...o.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[i,U]}render(){let{conversation:e,client:t}=this,n=t.me?.id,r=h(e,n),i=l(e,n),a=i!==void 0&&(t.presence(i.id)?.online??!1),{unread:o,markedUnread:s}=e.readState,c=o>0||s,{lastMessage:u,activeAt:d}=e;return D`
<button
part="conversation"
class=${c?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${r}
.key=${i?p(i):e.id}
.kind=${i?`user`:e.kind===`group`?`group`:`note`}
?online=${a}
></causerie-avatar>
<span class="name clip" dir="auto">${r}</span>
${a?D`<span class="visually-hidden">${m.online}</span>`:``}
${this.#n(o,s)}
<span class="preview muted clip ${c?``:`wide`}">
${e.state===`open`?``:D`<span class="tag">${m.states[e.state]}</span>`}${this.#e()}
</span>
${u?D`<time datetime=${d.toISOString()} title=${ie(d)}>${C(d,/* @__PURE__ */ new Date)}</time>`:``}
</button>
`}#e(){let{conversation:e,client:t}=this,n=O(t,t.typing(e.id));if(n)return D`<span class="typing">${n}</span>`;if(this.draft)return D`<span class="draft">${m.draft}</span><bdi>${P(this.draft.trim(),W)}</bdi>`;let r=e.lastMessage;if(!r)return m.noMessages;if(r.deletedAt)return D`<i>${m.deleted}</i>`;let i=this.#t(r);return D`${i?m.authoredText(i,``):``}<bdi>${P(r.text,W)}</bdi>`}#t({authorId:e}){let{kind:t}=this.conversation;return t===`note_to_self`?``:e===this.client.me?.id?m.you:t===`group`?s(this.client,e)??``:``}#n(e,t){if(!e&&!t)return``;let n=e?m.unread(e):m.markedUnread;return D`<span class="badge ${e?``:`dot`}" aria-hidden="true" title=${n}
>${e?T(e):``}</span
><span class="visually-hidden">${n}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};_([u({attribute:!1})],G.prototype,`conversation`,void 0),_([u()],G.prototype,`draft`,void 0),_([u({type:Boolean})],G.prototype,`current`,void 0),_([u({type:Boolean})],G.prototype,`reachable`,void 0),G=_([d(`causerie-conversation-item`)],G);var K=c` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,q=150,J=700;function Y(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return N([h(e,t),...r].join(` `),n)}var X=class extends k{constructor(...e){super(...e),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.updateEvents=[`conversations`,`state`],this.#e=new A(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#o={text:``,at:0},this.#_=()=>{for(let e of this.#d())e.requestUpdate()},this.#v=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?m.moreConversationsFailed:m.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;#o;static{this.styles=[i,f,K,c` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#f(this.#d().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#f(this.#d().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#c(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>Y(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=m.loadFailed)})}willUpdate(e){super.willUpdate(e),this.client.conversationsLoaded&&this.problem===m.loadFailed&&(this.problem=``)}updated(){this.#g(),this.#a??=import(`./day-change-hEuiELGG.js`).then(({DayChange:e})=>new e(this,this.#_),()=>{this.#a=void 0})}render(){let{client:e}=this;if(!e.conversationsLoaded)return this.problem?this.#u():this.#l();let t=this.shown;if(!e.conversations.length)return D`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let n=this.#e.of(e.me?.id??``),r=[this.focused,this.current].find(e=>t.some(t=>t.id===e))??t[0]?.id;return D`<div class="scroller">
<div>
<ul aria-label=${m.conversations} @keydown=${this.#m} @focusin=${this.#p}>
${y(t,({id:e})=>e,t=>D`<li>
<causerie-conversation-item
exportparts="conversation"
.client=${e}
.conversation=${t}
.draft=${this.#s(t,n)?.text??``}
?current=${t.id===this.current}
.reachable=${t.id===r}
></causerie-conversation-item>
</li>`)}
</ul>
${e.hasMoreConversations?D`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#v}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}#s({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#c(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#s(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#l(){return this.client.state.name===`closed`?``:D`<div role="status"><span class="visually-hidden">${m.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>D`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#u(){return D`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#v}>${m.tryAgain}</button>
</div>`}#d(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#f(e){return await e?.updateComplete,e?.focus(),e!==void 0}#p(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#m(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#d(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#o={text:``,at:0}),r!==void 0)this.#f(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#f(this.#h(e.key,t,n));else return;e.preventDefault()}#h(e,t,n){let r=Date.now(),i=r-this.#o.at<J,a=(i?this.#o.text:``)+e;this.#o={text:a,at:r};let o=M(a).join(` `),s=i?n:n+1,c=[...t.slice(s),...t.slice(0,s)],l=this.client.me?.id;return c.find(({conversation:e})=>M(h(e,l)).join(` `).startsWith(o))}#g(){let{client:e}=this,t=e.conversations.map(t=>l(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,q),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#_;#v};_([u()],X.prototype,`current`,void 0),_([u()],X.prototype,`filter`,void 0),_([x()],X.prototype,`problem`,void 0),_([x()],X.prototype,`focused`,void 0),_([t(`causerie-load-sentinel`)],X.prototype,`sentinel`,void 0),X=_([d(`causerie-conversation-list`)],X);var ae=c` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,Z=class extends k{constructor(...e){super(...e),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:e}=await import(`./alerts-BOqFd4W-.js`);await this.popup.show(m.settings,e(e=>{this.problem=e}),this.meButton)}catch{this.problem=m.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[i,f,ae]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&import(`./network-link-DwM7drQO.js`).catch(()=>{})}render(){let{client:e,filter:t}=this,{me:n}=e,r=t.trim()!==``;return D`<aside @causerie-navigate=${this.#s}>
<header>
${n?this.#e(n):``}
<h1 class="clip" tabindex="-1">${m.conversations}</h1>
<causerie-network-link .client=${e} ?current=${this.current===re}></causerie-network-link>
${this.mayStart?D`<button
class="icon-button new"
aria-label=${m.newConversation}
title=${m.newConversation}
@click=${()=>this.#c(`new`)}
>
${ee}
</button>`:``}
</header>
${this.problem?D`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.conversations.length||r?this.#n():``}
${r?``:D`<causerie-network-link .client=${e} look="row"></causerie-network-link>`}
<causerie-conversation-list exportparts="conversation" .client=${e} .current=${this.current} .filter=${t}>
<div slot="empty" class="empty">
<span class="badge">${j}</span>
<h2>${m.noConversations}</h2>
<p>${this.mayStart?m.noConversationsHint:m.noConversationsWait}</p>
${this.mayStart?D`<button class="button primary" @click=${()=>this.#c(`new`)}>${m.newConversation}</button>`:``}
</div>
${r?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(e){let t=m.signedInAs(a(e));return D`<button
class="me"
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" title=${t} .name=${a(e)} .key=${p(e)}></causerie-avatar>
<span class="visually-hidden">${t}. ${m.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return D`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${m.searchAll}
placeholder=${m.search}
.value=${n(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>Y(n,e.me?.id,t));return D`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&import(`./people-results-CQlBx4Vk.js`).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};_([u()],Z.prototype,`current`,void 0),_([u({type:Boolean})],Z.prototype,`mayStart`,void 0),_([x()],Z.prototype,`filter`,void 0),_([x()],Z.prototype,`problem`,void 0),_([t(`h1`)],Z.prototype,`heading`,void 0),_([t(`input`)],Z.prototype,`field`,void 0),_([t(`causerie-conversation-list`)],Z.prototype,`list`,void 0),_([t(`causerie-people-results`)],Z.prototype,`people`,void 0),_([t(`.me`)],Z.prototype,`meButton`,void 0),_([t(`causerie-popup`)],Z.prototype,`popup`,void 0),Z=_([d(`causerie-sidebar`)],Z);var oe=720,se=2e3,Q=class extends k{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new L(this),this.#n=new H(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[S,i,f,c` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),this.lang||=m.locale,this.dir||=m.direction,addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await import(`./alerts-BOqFd4W-.js`);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),se);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=ne(this.route);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(b(this.#i)===n.id?this.#a=!0:this.#r=this.#t.find(t,n.id)),n.kind===`user`&&(this.#r=w(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let t=this.#g();if(t)return g(this.client.me?.id??``).move(b(this.route),t),this.#w(this.#u?E(t):t);this.#_();let n=this.pane?this.route:``,r=this.#i;this.#i=n,(n!==r||n&&e.has(`route`))&&this.#c(n,r)}async#c(e,t){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&t===E(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(b(t))}}render(){let{client:e}=this,t=this.#u,n=`${this.#e.kind===`list`?`list`:`chat`} ${t?`details`:``}`;return D`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${n}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(t?b(this.route):E(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar exportparts="conversation" .client=${e} .current=${b(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${t?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!w(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>D`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>D`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>D`<causerie-conversation-pane
exportparts="header,bubble,own-bubble,composer"
class="pane"
.client=${e}
.conversation=${n}
.target=${`seq`in this.#e?this.#e.seq:0}
.addressOf=${this.addressOf}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>D`<causerie-new-chat
exportparts="header,composer"
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):D`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>D`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():D`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:e}=this;if(!e.conversationsLoaded)return``;let t=this.#l,[n,r]=e.conversations.length?[m.chooseConversation,t?m.chooseConversationHint:``]:[m.noConversations,t?m.noConversationsHint:m.noConversationsWait];return D`<div class="empty">
<span class="badge">${j}</span>
<h2>${n}</h2>
<p>${r}</p>
${t?D`<button class="button primary" @click=${()=>this.#C(`new`)}>${m.newConversation}</button>`:``}
<causerie-network-link .client=${e} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>l(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:e}=this.#e,{conversation:t,user:n}=this.#d()??{},r={compose:m.newConversation,network:m.network},i=t?h(t,this.client.me?.id):n?a(n):r[e]??``;i!==this.#o&&(this.#o=i,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:i})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(b(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<oe}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=b(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};_([u()],Q.prototype,`route`,void 0),_([u({attribute:!1})],Q.prototype,`addressOf`,void 0),_([u({attribute:!1})],Q.prototype,`keepFocus`,void 0),_([u({type:Boolean})],Q.prototype,`embedded`,void 0),_([t(`.pane`)],Q.prototype,`pane`,void 0),_([t(`causerie-details-pane`)],Q.prototype,`detailsPane`,void 0),_([t(`causerie-sidebar`)],Q.prototype,`sidebar`,void 0),Q=_([d(`causerie-messenger`)],Q);var ce=/* @__PURE__ */ e({Panel:()=>$});function le(e,t){return typeof e==`function`?(...e)=>t.replace(/\{(\d)\}/g,(t,n)=>String(e[n]??t)):t}var $=class e{#e;static async create(t,n,r){let i=await v(n),a=Object.entries(r).map(([e,t])=>[e,le(i[e],t)]);return a.length&&await v(n,{[i.locale]:Object.fromEntries(a)}),new e(t)}constructor(e){this.onRoute=()=>{};let t=document.createElement(`causerie-messenger`);t.client=e,t.embedded=!0,t.setAttribute(`exportparts`,`conversation,header,bubble,own-bubble,composer`);for(let e of[`causerie-navigate`,`causerie-redirect`])t.addEventListener(e,e=>this.onRoute(e.detail));this.#e=t,this.element=t}go(e){this.#e.route=e}keepFocus(e){this.#e.keepFocus=e}};export{$ as Panel,P as n,N as r,ce as t};