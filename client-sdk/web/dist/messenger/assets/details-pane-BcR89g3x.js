import{$ as e,H as t,J as n,N as r,O as i,Q as a,Z as o,_ as s,at as c,b as l,ct as u,ft as d,gt as f,it as p,lt as m,mt as h,o as g,ot as _,p as v,pt as y,rt as b,st as x,v as S,x as C,z as w}from"./index-BYLA7pff.js";import"./conversation-actions-lj-8r-UW.js";import"./group-dialog-BcP2vNsX.js";import"./confirm-dialog-MBWw9RaT.js";import{n as T}from"./contact-actions-CV8HMeF2.js";import{t as E}from"./presence-text-BDkzWcbJ.js";var D=y` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends p{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=h(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[e,b,y` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>g(S(e),t)):this.members,r=e?S(e.user):``;return d`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${f.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${v(n,({user:e})=>e.id,e=>d`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?d`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${f.removeMemberTitle(r)}
.text=${f.removeMemberText}
.action=${f.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return d`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${f.searchMembers}
placeholder=${f.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:t,role:n}=e,i=t.id===this.client.me?.id,a=S(t),o=d`<causerie-avatar .name=${a} .key=${s(t)}></causerie-avatar>
<span><span class="name clip">${i?f.you:a}</span></span>
${n===`owner`?d`<span class="tag">${f.owner}</span>`:``}`;if(i)return d`<div class="user">${o}</div>`;let c=f.remove(a);return d`<button class="user" @click=${()=>this.#a(t.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?d`<button class="icon-button" aria-label=${c} title=${c} @click=${()=>this.#o(e)}>${r}</button>`:``}`}#a(e){let t=n(o(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=f.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};c([u({attribute:!1})],k.prototype,`conversation`,void 0),c([x()],k.prototype,`members`,void 0),c([x()],k.prototype,`more`,void 0),c([x()],k.prototype,`problem`,void 0),c([x()],k.prototype,`filter`,void 0),c([x()],k.prototype,`removing`,void 0),c([_(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),c([_(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=c([m(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends p{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[e,a,D,y` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:n}=this,r=C(e,n.me?.id);return d`<causerie-member-list .client=${n} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${e.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${f.members(e.memberCount)}</p>
</div>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?d`<button class="row" @click=${()=>this.dialog.show()}>${t}<span>${f.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${n}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${n} .conversation=${e}></causerie-group-dialog>`}#e};c([u({attribute:!1})],j.prototype,`conversation`,void 0),c([x()],j.prototype,`problem`,void 0),c([_(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=c([m(`causerie-group-details`)],j);var M=`block`,N=class extends p{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[e,a,D,y` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=S(e),a=t.presence(e.id);return d`
<div class="head">
<causerie-avatar .name=${i} .key=${s(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${E(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?d`<causerie-conversation-actions
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
`}#n(e){let{user:t,client:n}=this,r={id:t.id},a=this.#e.relations(n,t),o=a.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),s=a.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),c=t=>({heading:f.removeFriendTitle(e),text:f.removeFriendText,action:f.removeFriend,run:()=>n.unrelate(t,r)}),l={heading:f.blockTitle(e),text:f.blockText,action:f.block,run:()=>n.relate(M,r)},u=t.status===`active`;return d`${o?this.#r(w,f.removeFriend,()=>this.#a(c(o.relation))):``}
${s?this.#r(i,f.unblock,()=>this.#o(()=>n.unrelate(M,r))):u?this.#r(i,f.block,()=>this.#a(l)):``}`}#r(e,t,n){return d`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=h(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};c([u({attribute:!1})],N.prototype,`user`,void 0),c([u({attribute:!1})],N.prototype,`conversation`,void 0),c([x()],N.prototype,`question`,void 0),c([x()],N.prototype,`problem`,void 0),c([_(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=c([m(`causerie-user-details`)],N);var P=class extends p{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[e,y` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:t}=this,n=e?l(e,t.me?.id):this.user;return d`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${f.detailsTitle}</h2>
<button class="icon-button" aria-label=${f.close} title=${f.close} @click=${()=>this.#t(`causerie-details`)}>
${r}
</button>
</header>
${n?d`<causerie-user-details .client=${t} .user=${n} .conversation=${e}></causerie-user-details>`:e?d`<causerie-group-details .client=${t} .conversation=${e}></causerie-group-details>`:d`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};c([u({attribute:!1})],P.prototype,`conversation`,void 0),c([u({attribute:!1})],P.prototype,`user`,void 0),c([_(`h2`)],P.prototype,`heading`,void 0),P=c([m(`causerie-details-pane`)],P);export{P as DetailsPane};