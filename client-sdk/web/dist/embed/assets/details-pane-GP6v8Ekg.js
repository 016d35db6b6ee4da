import{D as e,I as t,J as n,N as r,S as i,U as a,X as o,Y as s,at as c,d as l,et as u,ft as d,gt as f,it as p,m,nt as h,ot as g,p as _,pt as v,rt as y,tt as b,u as x,ut as S}from"./base-eeG3xdAI.js";import"./conversation-actions-DGA4bTwa.js";import"./group-dialog-7c0-oK8I.js";import{t as C}from"./lit-C8whEw6j.js";import"./confirm-dialog-C8l9BhXr.js";import{r as w}from"./index-BKlLsIgx.js";import{n as T}from"./contact-actions-Cx7PORT5.js";import{t as E}from"./presence-text-WM_SjkK4.js";var D=d` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends b{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=v(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[o,u,d` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>w(l(e),t)):this.members,r=e?l(e.user):``;return S`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${f.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${C(n,({user:e})=>e.id,e=>S`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?S`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${f.removeMemberTitle(r)}
.text=${f.removeMemberText}
.action=${f.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return S`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${f.searchMembers}
placeholder=${f.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(t){let{user:n,role:r}=t,i=n.id===this.client.me?.id,a=l(n),o=S`<causerie-avatar .name=${a} .key=${x(n)}></causerie-avatar>
<span><span class="name clip">${i?f.you:a}</span></span>
${r===`owner`?S`<span class="tag">${f.owner}</span>`:``}`;if(i)return S`<div class="user">${o}</div>`;let s=f.remove(a);return S`<button class="user" @click=${()=>this.#a(n.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?S`<button class="icon-button" aria-label=${s} title=${s} @click=${()=>this.#o(t)}>${e}</button>`:``}`}#a(e){let t=a(n(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=f.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};h([c({attribute:!1})],k.prototype,`conversation`,void 0),h([p()],k.prototype,`members`,void 0),h([p()],k.prototype,`more`,void 0),h([p()],k.prototype,`problem`,void 0),h([p()],k.prototype,`filter`,void 0),h([p()],k.prototype,`removing`,void 0),h([y(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),h([y(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=h([g(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends b{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[o,s,D,d` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:n}=this,r=m(e,n.me?.id);return S`<causerie-member-list .client=${n} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${e.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${f.members(e.memberCount)}</p>
</div>
${this.problem?S`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?S`<button class="row" @click=${()=>this.dialog.show()}>${t}<span>${f.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${n}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${n} .conversation=${e}></causerie-group-dialog>`}#e};h([c({attribute:!1})],j.prototype,`conversation`,void 0),h([p()],j.prototype,`problem`,void 0),h([y(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=h([g(`causerie-group-details`)],j);var M=`block`,N=class extends b{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[o,s,D,d` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=l(e),a=t.presence(e.id);return S`
<div class="head">
<causerie-avatar .name=${i} .key=${x(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${E(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?S`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?S`<causerie-conversation-actions
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
`}#n(e){let{user:t,client:n}=this,a={id:t.id},o=this.#e.relations(n,t),s=o.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),c=o.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),l=t=>({heading:f.removeFriendTitle(e),text:f.removeFriendText,action:f.removeFriend,run:()=>n.unrelate(t,a)}),u={heading:f.blockTitle(e),text:f.blockText,action:f.block,run:()=>n.relate(M,a)},d=t.status===`active`;return S`${s?this.#r(r,f.removeFriend,()=>this.#a(l(s.relation))):``}
${c?this.#r(i,f.unblock,()=>this.#o(()=>n.unrelate(M,a))):d?this.#r(i,f.block,()=>this.#a(u)):``}`}#r(e,t,n){return S`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=v(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};h([c({attribute:!1})],N.prototype,`user`,void 0),h([c({attribute:!1})],N.prototype,`conversation`,void 0),h([p()],N.prototype,`question`,void 0),h([p()],N.prototype,`problem`,void 0),h([y(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=h([g(`causerie-user-details`)],N);var P=class extends b{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[o,d` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:t,client:n}=this,r=t?_(t,n.me?.id):this.user;return S`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${f.detailsTitle}</h2>
<button class="icon-button" aria-label=${f.close} title=${f.close} @click=${()=>this.#t(`causerie-details`)}>
${e}
</button>
</header>
${r?S`<causerie-user-details .client=${n} .user=${r} .conversation=${t}></causerie-user-details>`:t?S`<causerie-group-details .client=${n} .conversation=${t}></causerie-group-details>`:S`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};h([c({attribute:!1})],P.prototype,`conversation`,void 0),h([c({attribute:!1})],P.prototype,`user`,void 0),h([y(`h2`)],P.prototype,`heading`,void 0),P=h([g(`causerie-details-pane`)],P);export{P as DetailsPane};