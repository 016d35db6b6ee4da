import{B as e,F as t,G as n,H as r,I as i,J as a,L as o,M as s,Q as c,U as l,V as u,X as d,Y as f,b as p,u as m,v as h,y as g}from"./index-DnB8i7x1.js";import{u as _}from"./conversation-DU7gPpro.js";import{t as v}from"./reach-help-B2OCcF00.js";import"./page-header-CpbgPduU.js";import{t as y}from"./relations-DyrlCTYE.js";import{n as b}from"./row-styles-D_jo4lPF.js";var x=f` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.name,.note{display:block}.note{font-size:0.8125rem}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,S=6e3,C=({relation:e,user:t})=>`${e}/${t.id}`,w=class extends e{constructor(...e){super(...e),this.query=``,this.busy=!1,this.problem=``,this.declined=new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=e=>{let{relation:t,user:n}=e,r=p(n);return this.declined.has(C(e))?this.#o(n,c.requestDeclined,this.#s(c.undo,r,()=>this.#v(e))):this.#o(n,c.wantsToConnect,a`${this.#s(c.accept,r,()=>this.#y(()=>this.client.acceptRelation(t,{id:n.id})),!0)}${this.#s(c.decline,r,()=>this.#_(e))}`)},this.#l=({relation:e,user:t})=>this.#o(t,c.requestSent,this.#f(e,t)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[i,o,b,x]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(C(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let e=this.#e.of(this.client);return a`
<causerie-page-header .heading=${c.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?a`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(e.state===`failed`)}
${this.#i(`received`,c.requests,e.received.map(this.#c))}
${this.#i(`sent`,c.sentRequests,e.sent.map(this.#l))}
${this.#i(`friends`,c.friends,e.mutual.map(this.#u),e.state===`loaded`?c.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${c.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${c.findPeople}
placeholder=${c.searchUsers}
.value=${h(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?a`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(e){return e?a`<p class="problem" role="alert">${c.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${c.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:a`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?a` <span class="count">${m(n.length)}</span>`:``}</h3>
${n.length?a`<ul>${n}</ul>`:a`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:e,problem:t,more:n}=this.#t;if(t&&!n)return a`<p class="problem" role="alert">${t}</p>`;if(!e)return a`<p class="muted empty-text">${c.loading}</p>`;let r=this.query.trim()!==``,i=r?e:e.filter(({mayRequest:e})=>e.length);return i.length?a`<ul>
${i.map(e=>this.#d(e))}
</ul>`:r&&!n?a`<causerie-reach-help searched></causerie-reach-help>`:``}#o(e,t,n){let r=p(e);return a`<li>
<button class="user" @click=${()=>this.#m(e)}>
<causerie-avatar .name=${r} .key=${g(e)}></causerie-avatar>
<span><span class="name clip" dir="auto">${r}</span>${t?a`<span class="note muted clip">${t}</span>`:``}</span>
</button>
<span class="actions">${n}</span>
</li>`}#s(e,t,n,r=!1){return a`<button
class="button ${r?`primary`:``}"
aria-label=${c.actionFor(e,t)}
?disabled=${this.busy}
@click=${n}
>
${e}
</button>`}#c;#l;#u;#d({user:e,mayRequest:t}){let{received:n,sent:r}=this.#e.of(this.client),i=t=>t.user.id===e.id,a=n.find(i);if(a)return this.#c(a);let o=r.find(i);if(o)return this.#l(o);let[s]=t;return s===void 0?this.#o(e,``,this.#p(e)):this.#o(e,``,this.#s(c.sendRequest,p(e),()=>this.#y(()=>this.client.relate(s,{id:e.id}))))}#f(e,t){return this.#s(c.withdraw,p(t),()=>this.#y(()=>this.client.unrelate(e,{id:t.id})))}#p(e){let n=this.#t.hits?.find(t=>t.user.id===e.id);if(!n?.can.has(`start`))return``;let r=c.writeTo(p(e));return a`<button
class="icon-button plane"
aria-label=${r}
title=${r}
@click=${()=>this.#h(n.conversationId??t(e.id))}
>
${_}
</button>`}#m(e){let n=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(s(n?.conversationId??t(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(C(e),setTimeout(r,S))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(C(e))),t.delete(C(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=d(e)}finally{this.busy=!1}}};u([l()],w.prototype,`query`,void 0),u([l()],w.prototype,`busy`,void 0),u([l()],w.prototype,`problem`,void 0),u([l()],w.prototype,`declined`,void 0),u([r(`causerie-page-header`)],w.prototype,`header`,void 0),u([r(`causerie-load-sentinel`)],w.prototype,`sentinel`,void 0),w=u([n(`causerie-network-page`)],w);export{w as NetworkPage};