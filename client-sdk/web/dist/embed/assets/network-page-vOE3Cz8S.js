import{H as e,I as t,K as n,L as r,R as i,U as a,V as o,W as s,X as c,Y as l,Z as u,a as d,et as f,g as p,h as m,j as h,m as g}from"./base-CNZ58isy.js";import{u as _}from"./conversation-Xq9yJsMB.js";import{t as v}from"./reach-help-B7msQo4E.js";import"./page-header-7eTfRMFq.js";import{t as y}from"./relations-DyrlCTYE.js";import{n as b,r as x}from"./rows-B58Q8--_.js";var S=c` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,C=6e3,w=({relation:e,user:t})=>`${e}/${t.id}`,T=class extends o{constructor(...e){super(...e),this.query=``,this.busy=!1,this.problem=``,this.declined=new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=e=>{let{relation:t,user:n}=e,r=p(n);return this.declined.has(w(e))?this.#o(n,f.requestDeclined,this.#s(f.undo,r,()=>this.#v(e))):this.#o(n,f.wantsToConnect,l`${this.#s(f.accept,r,()=>this.#y(()=>this.client.acceptRelation(t,{id:n.id})),!0)}${this.#s(f.decline,r,()=>this.#_(e))}`)},this.#l=({relation:e,user:t})=>this.#o(t,f.requestSent,this.#f(e,t)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[r,i,b,S]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(w(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let e=this.#e.of(this.client);return l`
<causerie-page-header .heading=${f.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?l`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(e.state===`failed`)}
${this.#i(`received`,f.requests,e.received.map(this.#c))}
${this.#i(`sent`,f.sentRequests,e.sent.map(this.#l))}
${this.#i(`friends`,f.friends,e.mutual.map(this.#u),e.state===`loaded`?f.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${f.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${f.findPeople}
placeholder=${f.searchUsers}
.value=${g(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?l`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(e){return e?l`<p class="problem" role="alert">${f.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${f.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:l`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?l` <span class="count">${d(n.length)}</span>`:``}</h3>
${n.length?l`<ul>${n}</ul>`:l`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:e,problem:t,more:n}=this.#t;if(t&&!n)return l`<p class="problem" role="alert">${t}</p>`;if(!e)return l`<p class="muted empty-text">${f.loading}</p>`;let r=this.query.trim()!==``,i=r?e:e.filter(({mayRequest:e})=>e.length);return i.length?l`<ul>
${i.map(e=>this.#d(e))}
</ul>`:r&&!n?l`<causerie-reach-help searched></causerie-reach-help>`:``}#o(e,t,n){let r=p(e);return l`<li>
<button class="user" @click=${()=>this.#m(e)}>
<causerie-avatar .name=${r} .key=${m(e)}></causerie-avatar>
${x(e,t)}
</button>
<span class="actions">${n}</span>
</li>`}#s(e,t,n,r=!1){return l`<button
class="button ${r?`primary`:``}"
aria-label=${f.actionFor(e,t)}
?disabled=${this.busy}
@click=${n}
>
${e}
</button>`}#c;#l;#u;#d({user:e,mayRequest:t}){let{received:n,sent:r}=this.#e.of(this.client),i=t=>t.user.id===e.id,a=n.find(i);if(a)return this.#c(a);let o=r.find(i);if(o)return this.#l(o);let[s]=t;return s===void 0?this.#o(e,``,this.#p(e)):this.#o(e,``,this.#s(f.sendRequest,p(e),()=>this.#y(()=>this.client.relate(s,{id:e.id}))))}#f(e,t){return this.#s(f.withdraw,p(t),()=>this.#y(()=>this.client.unrelate(e,{id:t.id})))}#p(e){let n=this.#t.hits?.find(t=>t.user.id===e.id);if(!n?.can.has(`start`))return``;let r=f.writeTo(p(e));return l`<button
class="icon-button plane"
aria-label=${r}
title=${r}
@click=${()=>this.#h(n.conversationId??t(e.id))}
>
${_}
</button>`}#m(e){let n=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(h(n?.conversationId??t(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(w(e),setTimeout(r,C))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(w(e))),t.delete(w(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=u(e)}finally{this.busy=!1}}};e([s()],T.prototype,`query`,void 0),e([s()],T.prototype,`busy`,void 0),e([s()],T.prototype,`problem`,void 0),e([s()],T.prototype,`declined`,void 0),e([a(`causerie-page-header`)],T.prototype,`header`,void 0),e([a(`causerie-load-sentinel`)],T.prototype,`sentinel`,void 0),T=e([n(`causerie-network-page`)],T);export{T as NetworkPage};