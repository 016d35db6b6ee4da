import{$ as e,A as t,B as n,C as r,G as i,H as a,I as o,J as s,K as c,L as l,M as u,N as d,O as f,Q as ee,R as p,U as m,V as h,W as g,Y as _,_ as v,b as y,d as te,et as b,g as x,h as S,j as C,k as w,l as T,m as E,n as ne,s as re,t as ie,tt as ae,v as D,x as oe,y as O,z as k}from"./base-ChZsZa2p.js";import{r as A,t as j}from"./sdk-g6SHQ9Vl.js";var se=3e3,M=class extends n{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[o,_` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return s`<div role="status">${this.#t()}</div>`}#t(){let{state:t}=this.client;if(t.name===`closed`){let n=t.reason.name===`unauthenticated`?e.notSignedIn:e.closedByServer;return s`<div class="banner closed"><span>${n}</span>${this.#n(e.connectAgain)}</div>`}if(t.name===`connected`&&this.client.isProbing&&!navigator.onLine)return s`<div class="banner"><span>${e.waitingForNetwork}</span></div>`;if(t.name===`connected`&&this.client.isProbing?this.#r():(t.name===`connected`||t.name===`disconnected`)&&this.#i(),t.name===`connected`||t.name===`disconnected`)return``;if(t.name===`reconnecting`&&t.waitingForNetwork)return s`<div class="banner"><span>${e.waitingForNetwork}</span>${this.#n(e.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[n,r]=t.name===`connecting`?[e.connecting,``]:[e.reconnecting,this.#n(e.tryNow)];return s`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${n}</span>${r}</div>`}#n(e){return s`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},se)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};h([m()],M.prototype,`isOverdue`,void 0),M=h([i(`causerie-connection-banner`)],M);var N=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=C(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof ae&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},P=class extends c{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[o,l,p]}render(){if(this.state===`searching`)return s`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${e.loading}</span></div>`;let t=this.state===`failed`;return s`<div class="empty">
<span class="badge">${r}</span>
<h2 role="alert">${t?e.loadFailed:e.conversationNotFound}</h2>
${t?s`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${e.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${e.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};h([g()],P.prototype,`state`,void 0),P=h([i(`causerie-conversation-placeholder`)],P);var F={conversation:()=>b(()=>import(`./conversation-DiOG5m2d.js`).then(e=>e.t),[],import.meta.url),compose:()=>b(()=>import(`./compose-B_wS4K_0.js`),[],import.meta.url),newChat:()=>b(()=>import(`./new-chat-1QmAXMks.js`),[],import.meta.url),network:()=>b(()=>import(`./network-page-u8-SD2yM.js`),[],import.meta.url),details:()=>b(()=>import(`./details-pane-B1tPH4J6.js`),[],import.meta.url)},I=`conversation`,L=2e3,R=class{#e=new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(I),this.#t=setTimeout(()=>{for(let e of Object.keys(F))this.#n(e)},L)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await F[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await F[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},z=_` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`;function B(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function V(e,t){let n=B(e);return B(t).every(e=>n.some(t=>t.startsWith(e)))}function H(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}var U=120,W=class extends n{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}static{this.shadowRootOptions={...c.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[o,z]}render(){let{conversation:t,client:n}=this,r=n.me?.id,i=O(t,r),a=D(t,r),o=a!==void 0&&(n.presence(a.id)?.online??!1),{unread:c,markedUnread:l}=t.readState,u=c>0||l,{lastMessage:d,activeAt:f}=t;return s`
<button
part="conversation"
class=${u?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${i}
.key=${a?S(a):t.id}
.kind=${a?`user`:t.kind===`group`?`group`:`note`}
?online=${o}
></causerie-avatar>
<span class="name clip" dir="auto">${i}</span>
${o?s`<span class="visually-hidden">${e.online}</span>`:``}
${this.#n(c,l)}
<span class="preview muted clip ${u?``:`wide`}">
${t.state===`open`?``:s`<span class="tag">${e.states[t.state]}</span>`}${this.#e()}
</span>
${d?s`<time datetime=${f.toISOString()} title=${re(f)}>${T(f,new Date)}</time>`:``}
</button>
`}#e(){let{conversation:t,client:n}=this,r=ie(n,n.typing(t.id));if(r)return s`<span class="typing">${r}</span>`;if(this.draft)return s`<span class="draft">${e.draft}</span><bdi>${H(this.draft.trim(),U)}</bdi>`;let i=t.lastMessage;if(!i)return e.noMessages;if(i.deletedAt)return s`<i>${e.deleted}</i>`;let a=this.#t(i);return s`${a?e.authoredText(a,``):``}<bdi>${H(i.text,U)}</bdi>`}#t({authorId:t}){let{kind:n}=this.conversation;return n===`note_to_self`?``:t===this.client.me?.id?e.you:n===`group`?v(this.client,t)??``:``}#n(t,n){if(!t&&!n)return``;let r=t?e.unread(t):e.markedUnread;return s`<span class="badge ${t?``:`dot`}" aria-hidden="true" title=${r}
>${t?ne(t):``}</span
><span class="visually-hidden">${r}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};h([g({attribute:!1})],W.prototype,`conversation`,void 0),h([g()],W.prototype,`draft`,void 0),h([g({type:Boolean})],W.prototype,`current`,void 0),h([g({type:Boolean})],W.prototype,`reachable`,void 0),W=h([i(`causerie-conversation-item`)],W);var G=_` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,ce=150,le=700;function K(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return V([O(e,t),...r].join(` `),n)}var q=class extends n{constructor(...t){super(...t),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.updateEvents=[`conversations`,`state`],this.#e=new y(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#o={text:``,at:0},this.#_=()=>{for(let e of this.#d())e.requestUpdate()},this.#v=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?e.moreConversationsFailed:e.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;#o;static{this.styles=[o,p,G,_` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#f(this.#d().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#f(this.#d().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#c(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>K(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=e.loadFailed)})}willUpdate(t){super.willUpdate(t),this.client.conversationsLoaded&&this.problem===e.loadFailed&&(this.problem=``)}updated(){this.#g(),this.#a??=b(async()=>{let{DayChange:e}=await import(`./day-change-B9PPSOJK.js`);return{DayChange:e}},[],import.meta.url).then(({DayChange:e})=>new e(this,this.#_),()=>{this.#a=void 0})}render(){let{client:t}=this;if(!t.conversationsLoaded)return this.problem?this.#u():this.#l();let n=this.shown;if(!t.conversations.length)return s`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let r=this.#e.of(t.me?.id??``),i=[this.focused,this.current].find(e=>n.some(t=>t.id===e))??n[0]?.id;return s`<div class="scroller">
<div>
<ul aria-label=${e.conversations} @keydown=${this.#m} @focusin=${this.#p}>
${te(n,({id:e})=>e,e=>s`<li>
<causerie-conversation-item
exportparts="conversation"
.client=${t}
.conversation=${e}
.draft=${this.#s(e,r)?.text??``}
?current=${e.id===this.current}
.reachable=${e.id===i}
></causerie-conversation-item>
</li>`)}
</ul>
${t.hasMoreConversations?s`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#v}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}#s({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#c(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#s(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#l(){return this.client.state.name===`closed`?``:s`<div role="status"><span class="visually-hidden">${e.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>s`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#u(){return s`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#v}>${e.tryAgain}</button>
</div>`}#d(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#f(e){return await e?.updateComplete,e?.focus(),e!==void 0}#p(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#m(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#d(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#o={text:``,at:0}),r!==void 0)this.#f(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#f(this.#h(e.key,t,n));else return;e.preventDefault()}#h(e,t,n){let r=Date.now(),i=r-this.#o.at<le,a=(i?this.#o.text:``)+e;this.#o={text:a,at:r};let o=B(a).join(` `),s=i?n:n+1,c=[...t.slice(s),...t.slice(0,s)],l=this.client.me?.id;return c.find(({conversation:e})=>B(O(e,l)).join(` `).startsWith(o))}#g(){let{client:e}=this,t=e.conversations.map(t=>D(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,ce),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#_;#v};h([g()],q.prototype,`current`,void 0),h([g()],q.prototype,`filter`,void 0),h([m()],q.prototype,`problem`,void 0),h([m()],q.prototype,`focused`,void 0),h([a(`causerie-load-sentinel`)],q.prototype,`sentinel`,void 0),q=h([i(`causerie-conversation-list`)],q);var ue=_` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,J=class extends n{constructor(...t){super(...t),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:t}=await b(async()=>{let{alertItems:e}=await import(`./alerts-sU9umozs.js`);return{alertItems:e}},[],import.meta.url);await this.popup.show(e.settings,t(e=>{this.problem=e}),this.meButton)}catch{this.problem=e.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[o,p,ue]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&b(()=>import(`./network-link-FPYRlFP1.js`),[],import.meta.url).catch(()=>{})}render(){let{client:t,filter:n}=this,{me:i}=t,a=n.trim()!==``;return s`<aside @causerie-navigate=${this.#s}>
<header>
${i?this.#e(i):``}
<h1 class="clip" tabindex="-1">${e.conversations}</h1>
<causerie-network-link .client=${t} ?current=${this.current===u}></causerie-network-link>
${this.mayStart?s`<button
class="icon-button new"
aria-label=${e.newConversation}
title=${e.newConversation}
@click=${()=>this.#c(`new`)}
>
${f}
</button>`:``}
</header>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
${t.conversations.length||a?this.#n():``}
${a?``:s`<causerie-network-link .client=${t} look="row"></causerie-network-link>`}
<causerie-conversation-list exportparts="conversation" .client=${t} .current=${this.current} .filter=${n}>
<div slot="empty" class="empty">
<span class="badge">${r}</span>
<h2>${e.noConversations}</h2>
<p>${this.mayStart?e.noConversationsHint:e.noConversationsWait}</p>
${this.mayStart?s`<button class="button primary" @click=${()=>this.#c(`new`)}>${e.newConversation}</button>`:``}
</div>
${a?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(t){let n=e.signedInAs(x(t));return s`<button
class="me"
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" title=${n} .name=${x(t)} .key=${S(t)}></causerie-avatar>
<span class="visually-hidden">${n}. ${e.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return s`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${e.searchAll}
placeholder=${e.search}
.value=${E(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>K(n,e.me?.id,t));return s`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&b(()=>import(`./people-results-zD_B4p8a.js`),[],import.meta.url).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};h([g()],J.prototype,`current`,void 0),h([g({type:Boolean})],J.prototype,`mayStart`,void 0),h([m()],J.prototype,`filter`,void 0),h([m()],J.prototype,`problem`,void 0),h([a(`h1`)],J.prototype,`heading`,void 0),h([a(`input`)],J.prototype,`field`,void 0),h([a(`causerie-conversation-list`)],J.prototype,`list`,void 0),h([a(`causerie-people-results`)],J.prototype,`people`,void 0),h([a(`.me`)],J.prototype,`meButton`,void 0),h([a(`causerie-popup`)],J.prototype,`popup`,void 0),J=h([i(`causerie-sidebar`)],J);var de=720,fe=2e3,Y=class extends n{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new N(this),this.#n=new R(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[k,o,p,_` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),this.lang||=e.locale,this.dir||=e.direction,addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await b(async()=>{let{startAlerts:e}=await import(`./alerts-sU9umozs.js`);return{startAlerts:e}},[],import.meta.url);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),fe);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=d(this.route);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(w(this.#i)===n.id?this.#a=!0:this.#r=this.#t.find(t,n.id)),n.kind===`user`&&(this.#r=C(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let n=this.#g();if(n)return oe(this.client.me?.id??``).move(w(this.route),n),this.#w(this.#u?t(n):n);this.#_();let r=this.pane?this.route:``,i=this.#i;this.#i=r,(r!==i||r&&e.has(`route`))&&this.#c(r,i)}async#c(e,n){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&n===t(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(w(n))}}render(){let{client:e}=this,n=this.#u,r=`${this.#e.kind===`list`?`list`:`chat`} ${n?`details`:``}`;return s`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${r}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(n?w(this.route):t(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar exportparts="conversation" .client=${e} .current=${w(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${n?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!C(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>s`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>s`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>s`<causerie-conversation-pane
exportparts="header,bubble,own-bubble,composer"
class="pane"
.client=${e}
.conversation=${n}
.target=${`seq`in this.#e?this.#e.seq:0}
.addressOf=${this.addressOf}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>s`<causerie-new-chat
exportparts="header,composer"
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):s`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>s`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():s`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:t}=this;if(!t.conversationsLoaded)return``;let n=this.#l,[i,a]=t.conversations.length?[e.chooseConversation,n?e.chooseConversationHint:``]:[e.noConversations,n?e.noConversationsHint:e.noConversationsWait];return s`<div class="empty">
<span class="badge">${r}</span>
<h2>${i}</h2>
<p>${a}</p>
${n?s`<button class="button primary" @click=${()=>this.#C(`new`)}>${e.newConversation}</button>`:``}
<causerie-network-link .client=${t} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>D(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:t}=this.#e,{conversation:n,user:r}=this.#d()??{},i={compose:e.newConversation,network:e.network},a=n?O(n,this.client.me?.id):r?x(r):i[t]??``;a!==this.#o&&(this.#o=a,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:a})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(w(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<de}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=w(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};h([g()],Y.prototype,`route`,void 0),h([g({attribute:!1})],Y.prototype,`addressOf`,void 0),h([g({attribute:!1})],Y.prototype,`keepFocus`,void 0),h([g({type:Boolean})],Y.prototype,`embedded`,void 0),h([a(`.pane`)],Y.prototype,`pane`,void 0),h([a(`causerie-details-pane`)],Y.prototype,`detailsPane`,void 0),h([a(`causerie-sidebar`)],Y.prototype,`sidebar`,void 0),Y=h([i(`causerie-messenger`)],Y);var X=new URLSearchParams(location.search),Z=X.get(`locale`);document.documentElement.dataset.theme=X.get(`theme`)??`auto`;var pe=window.parent!==window;function Q(e,t={}){pe&&window.parent.postMessage({causerie:e,...t},`*`)}var $=new Set,me=1e4;function he(){return new Promise((e,t)=>{$.add(e),setTimeout(()=>{$.delete(e),t(Error(`the page around the chat gave no token`))},me),Q(`token`)})}async function ge(){let e=ee(Z?[Z,...navigator.languages]:navigator.languages),t=new URL(`../v1/ws`,location.href);t.protocol=t.protocol===`https:`?`wss:`:`ws:`;let n=new j({url:t.href,getToken:he,client:{name:`causerie-embed`,version:A}}),r=document.createElement(`causerie-messenger`);r.client=n,r.embedded=!0,r.keepFocus=!0,r.route=X.get(`conversation`)??``;let i=e=>{r.route=e,Q(`open`,{route:e})};for(let e of[`pointerdown`,`keydown`])addEventListener(e,()=>{r.keepFocus=!1});for(let e of[`causerie-navigate`,`causerie-redirect`])r.addEventListener(e,e=>i(e.detail));addEventListener(`message`,({source:e,data:t})=>{if(e===window.parent&&t){if(t.causerie===`token`&&typeof t.token==`string`){let{token:e}=t;for(let t of $)t(e);$.clear(),n.state.name===`closed`&&n.connect()}t.causerie===`open`&&typeof t.route==`string`&&(r.route=t.route)}});let a=!1;n.on(`state`,({name:e})=>{e!==`connected`||a||(a=!0,Q(`ready`))}),n.on(`unread`,e=>Q(`unread`,{count:e})),n.on(`error`,({name:e,message:t})=>Q(`error`,{name:e,message:t})),n.connect();let{locale:o,direction:s}=await e;Object.assign(document.documentElement,{lang:o,dir:s}),document.body.append(r)}ge();export{V as n,H as t};