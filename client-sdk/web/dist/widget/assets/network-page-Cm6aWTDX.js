import{$ as e,A as t,C as n,D as r,E as i,F as a,J as o,N as s,P as c,T as l,X as u,Y as d,a as f,j as p,p as m,v as h,w as g}from"./base-Reduinh7.js";import{u as _}from"./conversation-C7AQGmcc.js";import{t as v}from"./reach-help-OSnsup9U.js";import"./page-header-Ck7Z0rc6.js";import{t as y}from"./relations-8sy_jadc.js";import{n as b,r as x}from"./rows-ahLVXf-8.js";var S=d` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,C=6e3,w=({relation:e,user:t})=>`${e}/${t.id}`,T=class extends g{constructor(...t){super(...t),this.query=``,this.busy=!1,this.problem=``,this.declined=/* @__PURE__ */ new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=t=>{let{relation:n,user:r}=t,i=a(r);return this.declined.has(w(t))?this.#o(r,e.requestDeclined,this.#s(e.undo,i,()=>this.#v(t))):this.#o(r,e.wantsToConnect,o`${this.#s(e.accept,i,()=>this.#y(()=>this.client.acceptRelation(n,{id:r.id})),!0)}${this.#s(e.decline,i,()=>this.#_(t))}`)},this.#l=({relation:t,user:n})=>this.#o(n,e.requestSent,this.#f(t,n)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[i,r,b,S]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(w(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=/* @__PURE__ */ new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let t=this.#e.of(this.client);return o`
<causerie-page-header .heading=${e.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?o`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(t.state===`failed`)}
${this.#i(`received`,e.requests,t.received.map(this.#c))}
${this.#i(`sent`,e.sentRequests,t.sent.map(this.#l))}
${this.#i(`friends`,e.friends,t.mutual.map(this.#u),t.state===`loaded`?e.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${e.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${e.findPeople}
placeholder=${e.searchUsers}
.value=${n(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?o`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(t){return t?o`<p class="problem" role="alert">${e.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${e.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:o`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?o` <span class="count">${f(n.length)}</span>`:``}</h3>
${n.length?o`<ul>${n}</ul>`:o`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:t,problem:n,more:r}=this.#t;if(n&&!r)return o`<p class="problem" role="alert">${n}</p>`;if(!t)return o`<p class="muted empty-text">${e.loading}</p>`;let i=this.query.trim()!==``,a=i?t:t.filter(({mayRequest:e})=>e.length);return a.length?o`<ul>
${a.map(e=>this.#d(e))}
</ul>`:i&&!r?o`<causerie-reach-help searched></causerie-reach-help>`:``}#o(e,t,n){let r=a(e);return o`<li>
<button class="user" @click=${()=>this.#m(e)}>
<causerie-avatar .name=${r} .key=${c(e)}></causerie-avatar>
${x(e,t)}
</button>
<span class="actions">${n}</span>
</li>`}#s(t,n,r,i=!1){return o`<button
class="button ${i?`primary`:``}"
aria-label=${e.actionFor(t,n)}
?disabled=${this.busy}
@click=${r}
>
${t}
</button>`}#c;#l;#u;#d({user:t,mayRequest:n}){let{received:r,sent:i}=this.#e.of(this.client),o=e=>e.user.id===t.id,s=r.find(o);if(s)return this.#c(s);let c=i.find(o);if(c)return this.#l(c);let[l]=n;return l===void 0?this.#o(t,``,this.#p(t)):this.#o(t,``,this.#s(e.sendRequest,a(t),()=>this.#y(()=>this.client.relate(l,{id:t.id}))))}#f(t,n){return this.#s(e.withdraw,a(n),()=>this.#y(()=>this.client.unrelate(t,{id:n.id})))}#p(t){let n=this.#t.hits?.find(e=>e.user.id===t.id);if(!n?.can.has(`start`))return``;let r=e.writeTo(a(t));return o`<button
class="icon-button plane"
aria-label=${r}
title=${r}
@click=${()=>this.#h(n.conversationId??h(t.id))}
>
${_}
</button>`}#m(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(m(t?.conversationId??h(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(w(e),setTimeout(r,C))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(w(e))),t.delete(w(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=u(e)}finally{this.busy=!1}}};l([p()],T.prototype,`query`,void 0),l([p()],T.prototype,`busy`,void 0),l([p()],T.prototype,`problem`,void 0),l([p()],T.prototype,`declined`,void 0),l([t(`causerie-page-header`)],T.prototype,`header`,void 0),l([t(`causerie-load-sentinel`)],T.prototype,`sentinel`,void 0),T=l([s(`causerie-network-page`)],T);export{T as NetworkPage};