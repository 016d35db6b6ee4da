import{A as e,B as t,D as n,E as r,F as i,G as a,M as o,O as s,P as c,T as l,Z as u,b as d,dt as f,et as p,ft as m,ht as h,j as g,k as _,l as v,lt as y,m as b,w as x,y as S}from"./base-DKBj6lqv.js";import"./conversation-actions-DE6s5mac.js";import"./group-dialog-CODrdbMJ.js";import{t as C}from"./lit-DFzsCMXs.js";import"./confirm-dialog-DzQxiZ2S.js";import{i as w}from"./panel-BkJIG6wn.js";import{n as T}from"./contact-actions-Co6LIjxY.js";import{t as E}from"./presence-text-DP8PM_nA.js";var D=f` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends l{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=m(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[d,x,f` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>w(o(e),t)):this.members,r=e?o(e.user):``;return y`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${h.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${C(n,({user:e})=>e.id,e=>y`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?y`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${h.removeMemberTitle(r)}
.text=${h.removeMemberText}
.action=${h.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return y`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${h.searchMembers}
placeholder=${h.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:t,role:n}=e,r=t.id===this.client.me?.id,i=o(t),s=y`<causerie-avatar .name=${i} .key=${g(t)}></causerie-avatar>
<span><span class="name clip">${r?h.you:i}</span></span>
${n===`owner`?y`<span class="tag">${h.owner}</span>`:``}`;if(r)return y`<div class="user">${s}</div>`;let c=h.remove(i);return y`<button class="user" @click=${()=>this.#a(t.id)}>${s}</button>
${this.conversation.capabilities.has(`remove_member`)?y`<button class="icon-button" aria-label=${c} title=${c} @click=${()=>this.#o(e)}>${a}</button>`:``}`}#a(e){let t=v(b(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=h.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};r([_({attribute:!1})],k.prototype,`conversation`,void 0),r([s()],k.prototype,`members`,void 0),r([s()],k.prototype,`more`,void 0),r([s()],k.prototype,`problem`,void 0),r([s()],k.prototype,`filter`,void 0),r([s()],k.prototype,`removing`,void 0),r([n(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),r([n(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=r([e(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends l{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[d,S,D,f` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:t}=this,n=i(e,t.me?.id);return y`<causerie-member-list .client=${t} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${n} .key=${e.id}></causerie-avatar>
<h3><bdi>${n}</bdi></h3>
<p class="muted">${h.members(e.memberCount)}</p>
</div>
${this.problem?y`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?y`<button class="row" @click=${()=>this.dialog.show()}>${p}<span>${h.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${t}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${t} .conversation=${e}></causerie-group-dialog>`}#e};r([_({attribute:!1})],j.prototype,`conversation`,void 0),r([s()],j.prototype,`problem`,void 0),r([n(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=r([e(`causerie-group-details`)],j);var M=`block`,N=class extends l{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[d,S,D,f` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=o(e),a=t.presence(e.id);return y`
<div class="head">
<causerie-avatar .name=${i} .key=${g(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${E(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?y`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?y`<causerie-conversation-actions
expanded
.client=${t}
.conversation=${n}
@causerie-problem=${this.#i}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>`:``}
<ul>
${this.#n(i)}
</ul>
</div>
<causerie-confirm-dialog
.heading=${r?.heading??``}
.text=${r?.text??``}
.action=${r?.action??``}
@causerie-confirm=${()=>r&&this.#o(r.run)}
></causerie-confirm-dialog>
`}#n(e){let{user:n,client:r}=this,i={id:n.id},a=this.#e.relations(r,n),o=a.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),s=a.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),c=t=>({heading:h.removeFriendTitle(e),text:h.removeFriendText,action:h.removeFriend,run:()=>r.unrelate(t,i)}),l={heading:h.blockTitle(e),text:h.blockText,action:h.block,run:()=>r.relate(M,i)},d=n.status===`active`;return y`${o?this.#r(u,h.removeFriend,()=>this.#a(c(o.relation))):``}
${s?this.#r(t,h.unblock,()=>this.#o(()=>r.unrelate(M,i))):d?this.#r(t,h.block,()=>this.#a(l)):``}`}#r(e,t,n){return y`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=m(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};r([_({attribute:!1})],N.prototype,`user`,void 0),r([_({attribute:!1})],N.prototype,`conversation`,void 0),r([s()],N.prototype,`question`,void 0),r([s()],N.prototype,`problem`,void 0),r([n(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=r([e(`causerie-user-details`)],N);var P=class extends l{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[d,f` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:t}=this,n=e?c(e,t.me?.id):this.user;return y`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${h.detailsTitle}</h2>
<button class="icon-button" aria-label=${h.close} title=${h.close} @click=${()=>this.#t(`causerie-details`)}>
${a}
</button>
</header>
${n?y`<causerie-user-details .client=${t} .user=${n} .conversation=${e}></causerie-user-details>`:e?y`<causerie-group-details .client=${t} .conversation=${e}></causerie-group-details>`:y`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};r([_({attribute:!1})],P.prototype,`conversation`,void 0),r([_({attribute:!1})],P.prototype,`user`,void 0),r([n(`h2`)],P.prototype,`heading`,void 0),P=r([e(`causerie-details-pane`)],P);export{P as DetailsPane};