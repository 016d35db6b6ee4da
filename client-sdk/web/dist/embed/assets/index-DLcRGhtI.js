import{$ as e,A as t,B as n,G as r,H as i,K as a,L as o,M as s,N as c,P as l,R as u,S as ee,U as d,V as f,W as p,X as m,Y as h,_ as g,d as te,et as _,g as v,h as y,j as b,k as x,l as S,m as ne,n as C,nt as re,q as w,s as T,t as ie,tt as E,v as D,w as O,x as ae,y as k,z as A}from"./base-CNZ58isy.js";import{r as j,t as M}from"./sdk-BwVpkwf5.js";var oe=3e3,N=class extends f{constructor(...e){super(...e),this.isOverdue=!1,this.updateEvents=[`state`,`probing`]}#e;static{this.styles=[o,m` :host{display:block}.banner{display:flex;align-items:center;justify-content:center;gap:12px;padding:7px 16px;font-size:0.875rem;background:var(--warn-soft);color:var(--warn)}.banner.closed{background:var(--danger-soft);color:var(--danger)}.banner .button{flex:none;min-height:30px;padding:0 12px;background:none;border:1px solid currentColor}.spinner{width:14px;height:14px;border-width:2px;border-color:color-mix(in srgb,currentColor 30%,transparent);border-top-color:currentColor}`]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return h`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`){let t=e.reason.name===`unauthenticated`?_.notSignedIn:_.closedByServer;return h`<div class="banner closed"><span>${t}</span>${this.#n(_.connectAgain)}</div>`}if(e.name===`connected`&&this.client.isProbing&&!navigator.onLine)return h`<div class="banner"><span>${_.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.isProbing?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return h`<div class="banner"><span>${_.waitingForNetwork}</span>${this.#n(_.tryNow)}</div>`;if(this.#r(),!this.isOverdue)return``;let[t,n]=e.name===`connecting`?[_.connecting,``]:[_.reconnecting,this.#n(_.tryNow)];return h`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${t}</span>${n}</div>`}#n(e){return h`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.isOverdue=!0},oe)}#i(){clearTimeout(this.#e),this.#e=void 0,this.isOverdue=!1}};i([p()],N.prototype,`isOverdue`,void 0),N=i([a(`causerie-connection-banner`)],N);var se=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}find(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=s(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.conversationsLoaded&&!this.#n&&this.#i(e,t),this.#t}retry(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.getConversation(t)}catch(e){let n=e instanceof re&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},P=class extends w{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[o,u,A]}render(){if(this.state===`searching`)return h`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${_.loading}</span></div>`;let e=this.state===`failed`;return h`<div class="empty">
<span class="badge">${O}</span>
<h2 role="alert">${e?_.loadFailed:_.conversationNotFound}</h2>
${e?h`<button class="button primary" @click=${()=>this.#e(`causerie-retry-lookup`)}>${_.tryAgain}</button>`:``}
<button class="button" @click=${()=>this.#e(`causerie-back`)}>${_.back}</button>
</div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};i([r()],P.prototype,`state`,void 0),P=i([a(`causerie-conversation-placeholder`)],P);var F={conversation:()=>E(()=>import(`./conversation-Xq9yJsMB.js`).then(e=>e.t),[],import.meta.url),compose:()=>E(()=>import(`./compose-CR8bdBWe.js`),[],import.meta.url),newChat:()=>E(()=>import(`./new-chat-DcdCYhfY.js`),[],import.meta.url),network:()=>E(()=>import(`./network-page-vOE3Cz8S.js`),[],import.meta.url),details:()=>E(()=>import(`./details-pane-DA0coAI7.js`),[],import.meta.url)},I=`conversation`,L=2e3,R=class{#e=new Map;#t;constructor(e){this.host=e,e.addController(this)}hostConnected(){this.#n(I),this.#t=setTimeout(()=>{for(let e of Object.keys(F))this.#n(e)},L)}hostDisconnected(){clearTimeout(this.#t)}show(e){return this.#e.get(e)||(this.#e.set(e,`searching`),this.#r(e),`searching`)}retry(e){this.#e.delete(e),this.host.requestUpdate()}async#n(e){if(!this.#e.has(e))try{await F[e](),this.#e.set(e,`loaded`)}catch{}}async#r(e){try{await F[e](),this.#e.set(e,`loaded`)}catch{this.#e.set(e,`failed`)}this.host.requestUpdate()}},z=m` :host{display:block}button{position:relative;width:100%;display:grid;grid-template:"face name time" auto "face preview badge" auto / auto minmax(0,1fr) auto;column-gap:8px;align-items:center;padding:10px 12px;border-radius:14px;text-align:start;transition:background 0.12s}button:hover{background:var(--hover)}button[aria-current="true"]{background:var(--accent-soft);--avatar-ring:var(--accent-soft)}button[aria-current="true"]::before{content:"";position:absolute;inset-block:12px;inset-inline-start:0;inline-size:3px;border-radius:2px;background:var(--accent)}button:focus-visible{outline-offset:-2px}causerie-avatar{grid-area:face;margin-inline-end:4px}.name{grid-area:name;font-weight:500}.unread .name{font-weight:700}.preview{grid-area:preview;min-height:1.45em}.preview.wide{grid-column-end:badge}.unread .preview{color:var(--text);font-weight:500}time{grid-area:time;justify-self:end;font-size:0.8125rem;color:var(--muted)}.unread time{color:var(--accent);font-weight:600}.typing{color:var(--accent)}.draft{color:var(--danger)}.tag{margin-inline-end:6px;padding:1px 7px;border:1px solid var(--border);border-radius:8px;font-size:0.75rem;font-weight:500}.badge{grid-area:badge;justify-self:end;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:var(--accent);color:var(--on-accent);font-size:0.75rem;font-weight:700;line-height:21px;text-align:center;font-variant-numeric:tabular-nums}.badge.dot{min-width:12px;width:12px;height:12px;padding:0}@media (forced-colors: active){button[aria-current="true"]{outline:2px solid Highlight;outline-offset:-2px}button[aria-current="true"]::before,.badge{background:Highlight;color:HighlightText;forced-color-adjust:none}}`;function B(e){return e.normalize(`NFD`).replace(/\p{Mn}/gu,``).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)}function V(e,t){let n=B(e);return B(t).every(e=>n.some(t=>t.startsWith(e)))}function H(e,t){if(e.length<=t)return e;let n=[...e.slice(0,(t+1)*2)];return n.length<=t?n.join(``):`${n.slice(0,t).join(``)}…`}var U=120,W=class extends f{constructor(...e){super(...e),this.draft=``,this.current=!1,this.reachable=!0,this.updateEvents=[`presence`,`typing`,`users`]}concerns(e,t){let{conversation:n,client:r}=this;return e===`presence`?t.userId===D(n,r.me?.id)?.id:e!==`typing`||t.conversationId===n.id}static{this.shadowRootOptions={...w.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[o,z]}render(){let{conversation:e,client:t}=this,n=t.me?.id,r=k(e,n),i=D(e,n),a=i!==void 0&&(t.presence(i.id)?.online??!1),{unread:o,markedUnread:s}=e.readState,c=o>0||s,{lastMessage:l,activeAt:u}=e;return h`
<button
part="conversation"
class=${c?`unread`:`read`}
aria-current=${this.current?`true`:`false`}
tabindex=${this.reachable?0:-1}
@click=${this.#r}
>
<causerie-avatar
.name=${r}
.key=${i?y(i):e.id}
.kind=${i?`user`:e.kind===`group`?`group`:`note`}
?online=${a}
></causerie-avatar>
<span class="name clip" dir="auto">${r}</span>
${a?h`<span class="visually-hidden">${_.online}</span>`:``}
${this.#n(o,s)}
<span class="preview muted clip ${c?``:`wide`}">
${e.state===`open`?``:h`<span class="tag">${_.states[e.state]}</span>`}${this.#e()}
</span>
${l?h`<time datetime=${u.toISOString()} title=${T(u)}>${S(u,new Date)}</time>`:``}
</button>
`}#e(){let{conversation:e,client:t}=this,n=ie(t,t.typing(e.id));if(n)return h`<span class="typing">${n}</span>`;if(this.draft)return h`<span class="draft">${_.draft}</span><bdi>${H(this.draft.trim(),U)}</bdi>`;let r=e.lastMessage;if(!r)return _.noMessages;if(r.deletedAt)return h`<i>${_.deleted}</i>`;let i=this.#t(r);return h`${i?_.authoredText(i,``):``}<bdi>${H(r.text,U)}</bdi>`}#t({authorId:e}){let{kind:t}=this.conversation;return t===`note_to_self`?``:e===this.client.me?.id?_.you:t===`group`?g(this.client,e)??``:``}#n(e,t){if(!e&&!t)return``;let n=e?_.unread(e):_.markedUnread;return h`<span class="badge ${e?``:`dot`}" aria-hidden="true" title=${n}
>${e?C(e):``}</span
><span class="visually-hidden">${n}</span>`}#r(){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};i([r({attribute:!1})],W.prototype,`conversation`,void 0),i([r()],W.prototype,`draft`,void 0),i([r({type:Boolean})],W.prototype,`current`,void 0),i([r({type:Boolean})],W.prototype,`reachable`,void 0),W=i([a(`causerie-conversation-item`)],W);var G=m` .skeleton{display:grid;grid-template-columns:48px 1fr;gap:12px;padding:10px 12px;align-items:center;animation:pulse 1.4s ease-in-out infinite alternate}.skeleton i{display:block;background:var(--border);border-radius:8px;height:12px}.skeleton i:first-child{width:48px;height:48px;border-radius:50%;grid-row:span 2}.skeleton i:nth-child(2){width:55%;align-self:end}.skeleton i:nth-child(3){width:80%;align-self:start}@keyframes pulse{to{opacity:0.45}}`,ce=150,le=10,ue=700;function K(e,t,n){let r=e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>e.name);return V([k(e,t),...r].join(` `),n)}var q=class extends f{constructor(...e){super(...e),this.current=``,this.filter=``,this.problem=``,this.focused=``,this.rowsMax=20,this.updateEvents=[`conversations`,`state`],this.#e=new ae(this),this.#t=``,this.#n=()=>{},this.#r=()=>{},this.#i=!1,this.#o={text:``,at:0},this.#v=()=>{for(let e of this.#f())e.requestUpdate()},this.#y=async()=>{if(!this.#i){this.#i=!0,this.problem=``;try{await this.client.loadMoreConversations()}catch{this.problem=this.client.conversationsLoaded?_.moreConversationsFailed:_.loadFailed}finally{this.#i=!1}await this.updateComplete,this.sentinel?.observe()}}}#e;#t;#n;#r;#i;#a;#o;static{this.styles=[o,A,G,m` :host{display:flex;min-height:0}.scroller{flex:1;min-width:0;display:flex;flex-direction:column;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}ul{padding:4px 8px 12px}.failed{padding:24px 20px;display:grid;gap:12px;justify-items:center;text-align:center}`]}async focusItem(e){return await this.updateComplete,this.#p(this.#f().find(({conversation:t})=>t.id===e))}async focusReachable(){return await this.updateComplete,this.#p(this.#f().find(({reachable:e})=>e))}get shown(){let{client:e,filter:t}=this,n=this.#l(e.conversations,this.#e.of(e.me?.id??``));if(!t.trim())return n;let r=e.me?.id;return n.filter(e=>K(e,r,t))}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#r(),this.#t=``}clientChanged(){this.#r(),this.#r=this.client.on(`error`,()=>{!this.client.conversationsLoaded&&this.client.state.name===`connected`&&(this.problem=_.loadFailed)})}willUpdate(e){super.willUpdate(e);let{conversations:t,conversationsLoaded:n}=this.client;n&&this.problem===_.loadFailed&&(this.problem=``),this.#s||(this.rowsMax=t.length+20)}updated(){this.isConnected&&this.#_();let e=this.rowsMax+le;this.#s&&setTimeout(()=>this.rowsMax=e),this.#a??=E(async()=>{let{onDayChange:e}=await import(`./passing-time-BKDXwf8g.js`).then(e=>e.r);return{onDayChange:e}},[],import.meta.url).then(({onDayChange:e})=>e(this,this.#v),()=>{this.#a=void 0})}render(){let{client:e}=this;if(!e.conversationsLoaded)return this.problem?this.#d():this.#u();let t=this.shown.slice(0,this.rowsMax);if(!e.conversations.length)return h`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;let n=this.#e.of(e.me?.id??``),r=[this.focused,this.current].find(e=>t.some(t=>t.id===e))??t[0]?.id;return h`<div class="scroller">
<div>
<ul aria-label=${_.conversations} @keydown=${this.#h} @focusin=${this.#m}>
${te(t,({id:e})=>e,t=>h`<li>
<causerie-conversation-item
exportparts="conversation"
.client=${e}
.conversation=${t}
.draft=${this.#c(t,n)?.text??``}
?current=${t.id===this.current}
.reachable=${t.id===r}
></causerie-conversation-item>
</li>`)}
</ul>
${e.hasMoreConversations&&!this.#s?h`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#y}></causerie-load-sentinel>`:``}
</div>
<slot></slot>
</div>`}get#s(){return this.rowsMax<this.client.conversations.length}#c({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#l(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#c(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#u(){return this.client.state.name===`closed`?``:h`<div role="status"><span class="visually-hidden">${_.loading}</span></div>
<ul class="scroller" aria-hidden="true">
${Array.from({length:6},()=>h`<li class="skeleton"><i></i><i></i><i></i></li>`)}
</ul>`}#d(){return h`<div class="scroller failed" role="alert">
<p>${this.problem}</p>
<button class="button" @click=${this.#y}>${_.tryAgain}</button>
</div>`}#f(){return[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)]}async#p(e){return await e?.updateComplete,e?.focus(),e!==void 0}#m(e){let t=e.target;this.focused=t.conversation?.id??this.focused}#h(e){if(e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#f(),n=t.indexOf(e.target),r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key];if(r!==void 0&&(this.#o={text:``,at:0}),r!==void 0)this.#p(t[Math.min(Math.max(r,0),t.length-1)]);else if([...e.key].length===1&&e.key!==` `)this.#p(this.#g(e.key,t,n));else return;e.preventDefault()}#g(e,t,n){let r=Date.now(),i=r-this.#o.at<ue,a=(i?this.#o.text:``)+e;this.#o={text:a,at:r};let o=B(a).join(` `),s=i?n:n+1,c=[...t.slice(s),...t.slice(0,s)],l=this.client.me?.id;return c.find(({conversation:e})=>B(k(e,l)).join(` `).startsWith(o))}#_(){let{client:e}=this,t=e.conversations.map(t=>D(t,e.me?.id)?.id).filter(e=>e!==void 0).slice(0,ce),n=[...t].sort().join();if(n===this.#t)return;this.#t=n;let r=this.#n;this.#n=e.watchPresence(t),r()}#v;#y};i([r()],q.prototype,`current`,void 0),i([r()],q.prototype,`filter`,void 0),i([p()],q.prototype,`problem`,void 0),i([p()],q.prototype,`focused`,void 0),i([p()],q.prototype,`rowsMax`,void 0),i([d(`causerie-load-sentinel`)],q.prototype,`sentinel`,void 0),q=i([a(`causerie-conversation-list`)],q);var de=m` :host{display:flex;min-height:0;min-width:0}aside{flex:1;display:flex;flex-direction:column;min-height:0;min-width:0;background:var(--surface);border-inline-end:1px solid var(--border)}header{display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 6px 20px;padding-inline-end:calc(12px + var(--header-end,0px));--avatar-size:36px}h1{flex:1;margin-inline-start:4px;font-size:1.25rem;font-weight:700;letter-spacing:-0.015em}.me{border-radius:50%}.problem{padding:2px 20px 8px;color:var(--danger);font-size:0.875rem}.new{background:var(--accent);color:var(--on-accent)}.new:hover:not(:disabled){background:var(--accent);color:var(--on-accent);filter:brightness(1.1)}.search{padding:2px 20px 8px}causerie-conversation-list{flex:1}.empty{display:none}@container messenger (max-width: 719px){.empty{display:grid}header{padding-inline-start:16px}.search{padding-inline:12px}}@media (forced-colors: active){.new{border:1px solid ButtonText}}`,J=class extends f{constructor(...e){super(...e),this.current=``,this.mayStart=!1,this.filter=``,this.problem=``,this.updateEvents=[`conversations`,`state`],this.#t=async()=>{this.problem=``;try{let{alertItems:e}=await E(async()=>{let{alertItems:e}=await import(`./alerts-vLTXYndT.js`);return{alertItems:e}},[],import.meta.url);await this.popup.show(_.settings,e(e=>{this.problem=e}),this.meButton)}catch{this.problem=_.loadFailed}},this.#s=()=>{this.filter=``}}static{this.styles=[o,A,de]}async focusItem(e){await this.updateComplete,await this.list.focusItem(e)||this.heading.focus()}async focusList(){await this.updateComplete,await this.list.focusReachable()||this.heading.focus()}async focusSearch(){await this.updateComplete,(this.field??this.heading).focus(),this.field?.select()}neighbour(e){let t=this.list.shown,n=t.findIndex(({id:e})=>e===this.current);return(n<0?t[0]:t[n+e])?.id??``}updated(){this.client.conversationsLoaded&&E(()=>import(`./network-link-DIOB7oXV.js`),[],import.meta.url).catch(()=>{})}render(){let{client:e,filter:t}=this,{me:n}=e,r=t.trim()!==``;return h`<aside @causerie-navigate=${this.#s}>
<header>
${n?this.#e(n):``}
<h1 class="clip" tabindex="-1">${_.conversations}</h1>
<causerie-network-link .client=${e} ?current=${this.current===c}></causerie-network-link>
${this.mayStart?h`<button
class="icon-button new"
aria-label=${_.newConversation}
title=${_.newConversation}
@click=${()=>this.#c(`new`)}
>
${x}
</button>`:``}
</header>
${this.problem?h`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.conversations.length||r?this.#n():``}
${r?``:h`<causerie-network-link .client=${e} look="row"></causerie-network-link>`}
<causerie-conversation-list exportparts="conversation" .client=${e} .current=${this.current} .filter=${t}>
<div slot="empty" class="empty">
<span class="badge">${O}</span>
<h2>${_.noConversations}</h2>
<p>${this.mayStart?_.noConversationsHint:_.noConversationsWait}</p>
${this.mayStart?h`<button class="button primary" @click=${()=>this.#c(`new`)}>${_.newConversation}</button>`:``}
</div>
${r?this.#r():``}
</causerie-conversation-list>
</aside>`}#e(e){let t=_.signedInAs(v(e));return h`<button
class="me"
aria-haspopup="menu"
aria-expanded="false"
@mousedown=${e=>e.preventDefault()}
@click=${this.#t}
>
<causerie-avatar aria-hidden="true" title=${t} .name=${v(e)} .key=${y(e)}></causerie-avatar>
<span class="visually-hidden">${t}. ${_.settings}</span>
</button>
<causerie-popup></causerie-popup>`}#t;#n(){return h`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-keyshortcuts="Control+K Meta+K"
aria-label=${_.searchAll}
placeholder=${_.search}
.value=${ne(this.filter)}
@input=${this.#i}
@keydown=${this.#a}
/>
</div>`}#r(){let{client:e,filter:t}=this,n=new Set(e.conversations.map(({id:e})=>e)),r=e.conversations.some(n=>K(n,e.me?.id,t));return h`<causerie-people-results
.client=${e}
.query=${t}
.listed=${n}
.hasRows=${r}
></causerie-people-results>`}#i(e){this.filter=e.target.value,this.filter&&E(()=>import(`./people-results-DiT0QmCS.js`),[],import.meta.url).catch(()=>{})}#a(e){if(!e.isComposing){if(e.key===`ArrowDown`)this.list.focusReachable();else if(e.key===`Enter`&&this.filter.trim())this.#o();else if(e.key===`Escape`&&this.filter)this.filter=``;else return;e.preventDefault()}}#o(){let[e]=this.list.shown;e?this.#c(e.id):this.people?.openFirst()}#s;#c(e){this.renderRoot.querySelector(`aside`)?.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}};i([r()],J.prototype,`current`,void 0),i([r({type:Boolean})],J.prototype,`mayStart`,void 0),i([p()],J.prototype,`filter`,void 0),i([p()],J.prototype,`problem`,void 0),i([d(`h1`)],J.prototype,`heading`,void 0),i([d(`input`)],J.prototype,`field`,void 0),i([d(`causerie-conversation-list`)],J.prototype,`list`,void 0),i([d(`causerie-people-results`)],J.prototype,`people`,void 0),i([d(`.me`)],J.prototype,`meButton`,void 0),i([d(`causerie-popup`)],J.prototype,`popup`,void 0),J=i([a(`causerie-sidebar`)],J);var fe=720,pe=2e3,Y=class extends f{constructor(...e){super(...e),this.route=``,this.keepFocus=!1,this.embedded=!1,this.updateEvents=[`conversations`,`mayStart`,`state`,`users`],this.#e={kind:`list`},this.#t=new se(this),this.#n=new R(this),this.#r=`searching`,this.#i=``,this.#a=!1,this.#o=``,this.#s=()=>{},this.#v=e=>{if(e.defaultPrevented||e.isComposing)return;let t=e.composedPath();if((this.embedded||t[0]!==document.body)&&!t.includes(this)||t.some(e=>e instanceof HTMLDialogElement))return;let n={ArrowDown:1,ArrowUp:-1}[e.key];if((e.ctrlKey||e.metaKey)&&!e.altKey&&!e.shiftKey&&e.key.toLowerCase()===`k`)this.#y();else if(e.altKey&&n)this.#C(this.sidebar.neighbour(n)||this.route);else if(e.key===`Escape`&&this.#e.kind!==`list`)this.#b();else return;e.preventDefault()}}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[n,o,A,m` :host{display:flex;flex-direction:column;height:100%;min-height:0;background:var(--background);container:messenger / inline-size}.panes{flex:1;display:grid;grid-template-columns:minmax(300px,32%) minmax(0,1fr);grid-template-rows:minmax(0,1fr);min-height:0}main{display:flex;flex-direction:column;min-width:0;min-height:0}.pane{flex:1}causerie-details-pane{min-width:0;min-height:0}.panes.details main{display:none}@container messenger (min-width: 1100px){.panes.details{grid-template-columns:320px minmax(0,1fr) 320px}.panes.details main{display:flex}}@container messenger (min-width: 1200px){.panes{grid-template-columns:360px minmax(0,1fr)}.panes.details{grid-template-columns:340px minmax(0,1fr) 340px}}@container messenger (max-width: 719px){.panes{grid-template-columns:minmax(0,1fr)}.panes.list main,.panes.chat causerie-sidebar{display:none}}`]}connectedCallback(){super.connectedCallback(),this.lang||=_.locale,this.dir||=_.direction,addEventListener(`keydown`,this.#v),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),removeEventListener(`keydown`,this.#v),this.#s()}clientChanged(){let{client:e}=this;if(this.#s(),this.embedded)return;let t=()=>clearTimeout(r),n=async()=>{let{startAlerts:n}=await E(async()=>{let{startAlerts:e}=await import(`./alerts-vLTXYndT.js`);return{startAlerts:e}},[],import.meta.url);e===this.client&&this.isConnected&&(t=n(e,e=>this.#C(e)))},r=setTimeout(()=>n().catch(()=>{}),pe);this.#s=()=>t()}willUpdate(e){super.willUpdate(e);let{client:n}=this,r=l(this.route);this.#e=r,r.kind===`conversation`&&!n.conversation(r.id)&&(t(this.#i)===r.id?this.#a=!0:this.#r=this.#t.find(n,r.id)),r.kind===`user`&&(this.#r=s(r.userId)&&!n.isHidden(r.userId)?`searching`:`missing`)}updated(e){if(this.#a)return this.#a=!1,this.#w(``);let n=this.#g();if(n)return ee(this.client.me?.id??``).move(t(this.route),n),this.#w(this.#u?b(n):n);this.#_();let r=this.pane?this.route:``,i=this.#i;this.#i=r,(r!==i||r&&e.has(`route`))&&this.#c(r,i)}async#c(e,n){if(!this.keepFocus||this.matches(`:focus-within`)){if(e&&this.#u)return this.detailsPane?.focusHeading();if(e!==``&&n===b(e)||e&&!matchMedia(`(hover: hover)`).matches)return this.pane?.focusHeading();if(e)return this.pane?.focusComposer();this.#e.kind===`list`&&await this.sidebar.focusItem(t(n))}}render(){let{client:e}=this,n=this.#u,r=`${this.#e.kind===`list`?`list`:`chat`} ${n?`details`:``}`;return h`
<causerie-connection-banner .client=${e}></causerie-connection-banner>
<div
class="panes ${r}"
@causerie-navigate=${this.#S}
@causerie-back=${()=>this.#C(``)}
@causerie-details=${()=>this.#C(n?t(this.route):b(this.route))}
@causerie-mark-unread=${this.#T}
>
<causerie-sidebar exportparts="conversation" .client=${e} .current=${t(this.route)} .mayStart=${this.#l}></causerie-sidebar>
<main>${this.#f()}</main>
${n?this.#p():``}
</div>
`}get#l(){return this.client.mayStart||this.client.mayRequest}get#u(){return`details`in this.#e&&this.#e.details&&this.#d()!==void 0}#d(){let{client:e}=this,t=this.#e;if(t.kind===`conversation`){let n=e.conversation(t.id);return n&&{conversation:n}}if(t.kind!==`user`||!e.conversationsLoaded||!s(t.userId))return;let n=e.user(t.userId);return n&&{user:n}}#f(){let{client:e}=this,{kind:t}=this.#e;if(t===`list`)return this.#h();if(t===`compose`)return this.#m(`compose`,()=>h`<causerie-compose
class="pane"
.client=${e}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-compose>`);if(t===`network`)return this.#m(`network`,()=>h`<causerie-network-page class="pane" .client=${e}></causerie-network-page>`);let{conversation:n,user:r}=this.#d()??{};return n?this.#m(`conversation`,()=>h`<causerie-conversation-pane
exportparts="header,bubble,own-bubble,composer"
class="pane"
.client=${e}
.conversation=${n}
.target=${`seq`in this.#e?this.#e.seq:0}
.addressOf=${this.addressOf}
?details=${this.#u}
></causerie-conversation-pane>`):r?this.#m(`newChat`,()=>h`<causerie-new-chat
exportparts="header,composer"
class="pane"
.client=${e}
.user=${r}
?details=${this.#u}
@causerie-redirect=${({detail:e})=>this.#w(e)}
></causerie-new-chat>`):h`<causerie-conversation-placeholder
.state=${this.#r}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#t.retry()}
></causerie-conversation-placeholder>`}#p(){let{conversation:e,user:t}=this.#d()??{};return this.#m(`details`,()=>h`<causerie-details-pane .client=${this.client} .conversation=${e} .user=${t}></causerie-details-pane>`)}#m(e,t){let n=this.#n.show(e);return n===`loaded`?t():h`<causerie-conversation-placeholder
.state=${n}
@causerie-back=${()=>this.#C(``)}
@causerie-retry-lookup=${()=>this.#n.retry(e)}
></causerie-conversation-placeholder>`}#h(){let{client:e}=this;if(!e.conversationsLoaded)return``;let t=this.#l,[n,r]=e.conversations.length?[_.chooseConversation,t?_.chooseConversationHint:``]:[_.noConversations,t?_.noConversationsHint:_.noConversationsWait];return h`<div class="empty">
<span class="badge">${O}</span>
<h2>${n}</h2>
<p>${r}</p>
${t?h`<button class="button primary" @click=${()=>this.#C(`new`)}>${_.newConversation}</button>`:``}
<causerie-network-link .client=${e} look="button"></causerie-network-link>
</div>`}#g(){let e=this.#e;if(e.kind!==`user`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>D(t,n?.id)?.id===e.userId)?.id??``}#_(){let{kind:e}=this.#e,{conversation:t,user:n}=this.#d()??{},r={compose:_.newConversation,network:_.network},i=t?k(t,this.client.me?.id):n?v(n):r[e]??``;i!==this.#o&&(this.#o=i,this.dispatchEvent(new CustomEvent(`causerie-title`,{detail:i})))}#v;#y(){this.#x&&this.#e.kind!==`list`&&this.#C(``),this.sidebar.focusSearch()}#b(){this.#u?this.#C(t(this.route)):this.#x?this.#C(``):this.sidebar.focusList()}get#x(){return this.getBoundingClientRect().width<fe}#S(e){e.stopPropagation(),this.#C(e.detail)}#C(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e}))}#w(e){this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#T(){let e=t(this.route);this.#C(``),this.client.markUnread(e).catch(()=>{})}};i([r()],Y.prototype,`route`,void 0),i([r({attribute:!1})],Y.prototype,`addressOf`,void 0),i([r({attribute:!1})],Y.prototype,`keepFocus`,void 0),i([r({type:Boolean})],Y.prototype,`embedded`,void 0),i([d(`.pane`)],Y.prototype,`pane`,void 0),i([d(`causerie-details-pane`)],Y.prototype,`detailsPane`,void 0),i([d(`causerie-sidebar`)],Y.prototype,`sidebar`,void 0),Y=i([a(`causerie-messenger`)],Y);var X=new URLSearchParams(location.search),Z=X.get(`locale`);document.documentElement.dataset.theme=X.get(`theme`)??`auto`;var me=window.parent!==window;function Q(e,t={}){me&&window.parent.postMessage({causerie:e,...t},`*`)}var $=new Set,he=1e4;function ge(){return new Promise((e,t)=>{$.add(e),setTimeout(()=>{$.delete(e),t(Error(`the page around the chat gave no token`))},he),Q(`token`)})}async function _e(){let t=e(Z?[Z,...navigator.languages]:navigator.languages),n=new URL(`../v1/ws`,location.href);n.protocol=n.protocol===`https:`?`wss:`:`ws:`;let r=new M({url:n.href,getToken:ge,client:{name:`causerie-embed`,version:j}}),i=document.createElement(`causerie-messenger`);i.client=r,i.embedded=!0,i.keepFocus=!0,i.route=X.get(`conversation`)??``;let a=e=>{i.route=e,Q(`open`,{route:e})};for(let e of[`pointerdown`,`keydown`])addEventListener(e,()=>{i.keepFocus=!1});for(let e of[`causerie-navigate`,`causerie-redirect`])i.addEventListener(e,e=>a(e.detail));addEventListener(`message`,({source:e,data:t})=>{if(e===window.parent&&t){if(t.causerie===`token`&&typeof t.token==`string`){let{token:e}=t;for(let t of $)t(e);$.clear(),r.state.name===`closed`&&r.connect()}t.causerie===`open`&&typeof t.route==`string`&&(i.route=t.route)}});let o=!1;r.on(`state`,({name:e})=>{e!==`connected`||o||(o=!0,Q(`ready`))}),r.on(`unread`,e=>Q(`unread`,{count:e})),r.on(`error`,({name:e,message:t})=>Q(`error`,{name:e,message:t})),r.connect();let{locale:s,direction:c}=await t;Object.assign(document.documentElement,{lang:s,dir:c}),document.body.append(i)}_e();export{V as n,H as t};