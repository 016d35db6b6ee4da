import{$ as e,A as t,E as n,F as r,G as i,J as a,L as o,M as s,N as c,P as l,R as u,T as d,X as f,Y as p,d as m,j as h,p as g,v as _,w as v}from"./base-Reduinh7.js";import"./conversation-actions-OfWEkJTC.js";import"./group-dialog-Cb9MlV-d.js";import"./confirm-dialog-CryUVp6L.js";import{a as y,c as b}from"./conversation-C7AQGmcc.js";import{n as x,r as S,t as C}from"./rows-ahLVXf-8.js";import{r as w}from"./panel-CliO8D_S.js";import{n as T}from"./contact-actions-Bou_8tRh.js";import{c as E,r as D}from"./popup-DhvbPOYg.js";import{t as O}from"./passing-time-D3A58D7i.js";var k=p` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,A=8,j=class extends v{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=f(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[n,x,p` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.user > .tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&M(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:t,filter:n}=this,i=n.trim()?this.members.filter(({user:e})=>w(r(e),n)):this.members,o=t?r(t.user):``;return a`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${e.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=A?this.#r():``}
<ul>
${m(i,({user:e})=>e.id,e=>a`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?a`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${e.removeMemberTitle(o)}
.text=${e.removeMemberText}
.action=${e.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return a`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${e.searchMembers}
placeholder=${e.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(t){let{user:n,role:i}=t,o=n.id===this.client.me?.id,s=r(n),c=a`<causerie-avatar .name=${s} .key=${l(n)}></causerie-avatar>
${S(n,``,o?e.you:s)}
${i===`owner`?a`<span class="tag">${e.owner}</span>`:``}`;if(o)return a`<div class="user">${c}</div>`;let u=e.remove(s);return a`<button class="user" @click=${()=>this.#a(n.id)}>${c}</button>
${this.conversation.capabilities.has(`remove_member`)?a`<button class="icon-button" aria-label=${u} title=${u} @click=${()=>this.#o(t)}>${b}</button>`:``}`}#a(e){let t=g(_(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let t=this.#t,n=this.#e===``;this.#n=!0,this.problem=``;try{let{items:e,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(t!==this.#t)return;this.members=n?e:[...this.members,...e],this.#e=r,this.more=r!==``}catch{t===this.#t&&(this.problem=e.membersFailed)}finally{t===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};d([s({attribute:!1})],j.prototype,`conversation`,void 0),d([h()],j.prototype,`members`,void 0),d([h()],j.prototype,`more`,void 0),d([h()],j.prototype,`problem`,void 0),d([h()],j.prototype,`filter`,void 0),d([h()],j.prototype,`removing`,void 0),d([t(`causerie-load-sentinel`)],j.prototype,`sentinel`,void 0),d([t(`causerie-confirm-dialog`)],j.prototype,`confirm`,void 0),j=d([c(`causerie-member-list`)],j);function M(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var N=class extends v{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[n,C,k,p` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:t,client:n}=this,r=u(t,n.me?.id);return a`<causerie-member-list .client=${n} .conversation=${t} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${t.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${e.members(t.memberCount)}</p>
</div>
${this.problem?a`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${t.capabilities.has(`add_member`)?a`<button class="row" @click=${()=>this.dialog.show()}>${i}<span>${e.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${n}
.conversation=${t}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${n} .conversation=${t}></causerie-group-dialog>`}#e};d([s({attribute:!1})],N.prototype,`conversation`,void 0),d([h()],N.prototype,`problem`,void 0),d([t(`causerie-group-dialog`)],N.prototype,`dialog`,void 0),N=d([c(`causerie-group-details`)],N);var P=`block`,F=class extends v{#e;#t;constructor(){super(),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail},new O(this)}static{this.styles=[n,C,k,p` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:i}=this,o=r(e),s=t.presence(e.id);return a`
<div class="head">
<causerie-avatar .name=${o} .key=${l(e)} ?online=${s?.online??!1}></causerie-avatar>
<h3><bdi>${o}</bdi></h3>
${e.about?a`<p dir="auto">${e.about}</p>`:``}
<p class="muted">${y(s)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?a`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?a`<causerie-conversation-actions
expanded
.client=${t}
.conversation=${n}
@causerie-problem=${this.#i}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>`:``}
<ul>
${this.#n(o)}
</ul>
</div>
<causerie-confirm-dialog
.heading=${i?.heading??``}
.text=${i?.text??``}
.action=${i?.action??``}
@causerie-confirm=${()=>i&&this.#o(i.run)}
></causerie-confirm-dialog>
`}#n(t){let{user:n,client:r}=this,i={id:n.id},{can:o,relations:s=[]}=this.#e.of(r,n)??{},c=s.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),l=s.some(({relation:e,direction:t})=>e===P&&t===`outgoing`),u=n=>({heading:e.removeFriendTitle(t),text:e.removeFriendText,action:e.removeFriend,run:()=>r.unrelate(n,i)}),d={heading:e.blockTitle(t),text:e.blockText,action:e.block,run:()=>r.relate(P,i)};return a`${c?this.#r(E,e.removeFriend,()=>this.#a(u(c.relation))):``}
${l?this.#r(D,e.unblock,()=>this.#o(()=>r.unrelate(P,i))):o?.has(`block`)?this.#r(D,e.block,()=>this.#a(d)):``}`}#r(e,t,n){return a`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=f(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};d([s({attribute:!1})],F.prototype,`user`,void 0),d([s({attribute:!1})],F.prototype,`conversation`,void 0),d([h()],F.prototype,`question`,void 0),d([h()],F.prototype,`problem`,void 0),d([t(`causerie-confirm-dialog`)],F.prototype,`confirm`,void 0),F=d([c(`causerie-user-details`)],F);var I=class extends v{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[n,p` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:t,client:n}=this,r=t?o(t,n.me?.id):this.user;return a`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${e.detailsTitle}</h2>
<button class="icon-button" aria-label=${e.close} title=${e.close} @click=${()=>this.#t(`causerie-details`)}>
${b}
</button>
</header>
${r?a`<causerie-user-details .client=${n} .user=${r} .conversation=${t}></causerie-user-details>`:t?a`<causerie-group-details .client=${n} .conversation=${t}></causerie-group-details>`:a`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};d([s({attribute:!1})],I.prototype,`conversation`,void 0),d([s({attribute:!1})],I.prototype,`user`,void 0),d([t(`h2`)],I.prototype,`heading`,void 0),I=d([c(`causerie-details-pane`)],I);export{I as DetailsPane};