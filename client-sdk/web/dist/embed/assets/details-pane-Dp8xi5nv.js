import{$ as e,D as t,I as n,J as r,N as i,S as a,U as o,Y as s,at as c,d as l,dt as u,et as d,ft as f,ht as p,it as m,lt as h,m as g,nt as _,p as v,q as y,rt as b,tt as x,u as S}from"./base-BaZfI9-V.js";import"./conversation-actions-D-jvqBoQ.js";import"./group-dialog-CbVuH7ln.js";import{t as C}from"./lit-B55xck6a.js";import"./confirm-dialog-DhXp9m5C.js";import{r as w}from"./index-CaS4B81g.js";import{n as T}from"./contact-actions-CaG3TfCv.js";import{t as E}from"./presence-text-BakIkT2_.js";var D=u` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends d{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=f(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[s,e,u` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>w(l(e),t)):this.members,r=e?l(e.user):``;return h`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${p.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${C(n,({user:e})=>e.id,e=>h`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?h`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${p.removeMemberTitle(r)}
.text=${p.removeMemberText}
.action=${p.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return h`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${p.searchMembers}
placeholder=${p.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:n,role:r}=e,i=n.id===this.client.me?.id,a=l(n),o=h`<causerie-avatar .name=${a} .key=${S(n)}></causerie-avatar>
<span><span class="name clip">${i?p.you:a}</span></span>
${r===`owner`?h`<span class="tag">${p.owner}</span>`:``}`;if(i)return h`<div class="user">${o}</div>`;let s=p.remove(a);return h`<button class="user" @click=${()=>this.#a(n.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?h`<button class="icon-button" aria-label=${s} title=${s} @click=${()=>this.#o(e)}>${t}</button>`:``}`}#a(e){let t=o(y(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=p.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};x([m({attribute:!1})],k.prototype,`conversation`,void 0),x([b()],k.prototype,`members`,void 0),x([b()],k.prototype,`more`,void 0),x([b()],k.prototype,`problem`,void 0),x([b()],k.prototype,`filter`,void 0),x([b()],k.prototype,`removing`,void 0),x([_(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),x([_(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=x([c(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends d{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[s,r,D,u` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:t}=this,r=g(e,t.me?.id);return h`<causerie-member-list .client=${t} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${e.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${p.members(e.memberCount)}</p>
</div>
${this.problem?h`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?h`<button class="row" @click=${()=>this.dialog.show()}>${n}<span>${p.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${t}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${t} .conversation=${e}></causerie-group-dialog>`}#e};x([m({attribute:!1})],j.prototype,`conversation`,void 0),x([b()],j.prototype,`problem`,void 0),x([_(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=x([c(`causerie-group-details`)],j);var M=`block`,N=class extends d{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[s,r,D,u` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=l(e),a=t.presence(e.id);return h`
<div class="head">
<causerie-avatar .name=${i} .key=${S(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${E(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?h`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?h`<causerie-conversation-actions
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
`}#n(e){let{user:t,client:n}=this,r={id:t.id},o=this.#e.relations(n,t),s=o.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),c=o.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),l=t=>({heading:p.removeFriendTitle(e),text:p.removeFriendText,action:p.removeFriend,run:()=>n.unrelate(t,r)}),u={heading:p.blockTitle(e),text:p.blockText,action:p.block,run:()=>n.relate(M,r)};return h`${s?this.#r(i,p.removeFriend,()=>this.#a(l(s.relation))):``}
${c?this.#r(a,p.unblock,()=>this.#o(()=>n.unrelate(M,r))):this.#r(a,p.block,()=>this.#a(u))}`}#r(e,t,n){return h`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=f(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};x([m({attribute:!1})],N.prototype,`user`,void 0),x([m({attribute:!1})],N.prototype,`conversation`,void 0),x([b()],N.prototype,`question`,void 0),x([b()],N.prototype,`problem`,void 0),x([_(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=x([c(`causerie-user-details`)],N);var P=class extends d{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[s,u` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:n}=this,r=e?v(e,n.me?.id):this.user;return h`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${p.detailsTitle}</h2>
<button class="icon-button" aria-label=${p.close} title=${p.close} @click=${()=>this.#t(`causerie-details`)}>
${t}
</button>
</header>
${r?h`<causerie-user-details .client=${n} .user=${r} .conversation=${e}></causerie-user-details>`:e?h`<causerie-group-details .client=${n} .conversation=${e}></causerie-group-details>`:h`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};x([m({attribute:!1})],P.prototype,`conversation`,void 0),x([m({attribute:!1})],P.prototype,`user`,void 0),x([_(`h2`)],P.prototype,`heading`,void 0),P=x([c(`causerie-details-pane`)],P);export{P as DetailsPane};