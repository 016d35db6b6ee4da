import{G as e,H as t,I as n,K as r,L as i,U as a,V as o,W as s,X as c,Y as l,Z as u,d,et as f,g as p,h as m,j as h,k as g,v as _,y as v}from"./base-CNZ58isy.js";import"./conversation-actions-DePUSPUa.js";import"./group-dialog-VS-ORLs_.js";import"./confirm-dialog-BgUHXwhj.js";import{a as y,c as b}from"./conversation-Xq9yJsMB.js";import{n as x,r as S,t as C}from"./rows-B58Q8--_.js";import{n as w}from"./index-DLcRGhtI.js";import{n as T}from"./contact-actions-DHupZFWA.js";import{c as E,r as D}from"./popup-BIBW-r37.js";import{t as O}from"./passing-time-BKDXwf8g.js";var k=c` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,A=8,j=class extends o{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=u(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[i,x,c` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.user > .tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&M(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>w(p(e),t)):this.members,r=e?p(e.user):``;return l`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${f.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=A?this.#r():``}
<ul>
${d(n,({user:e})=>e.id,e=>l`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?l`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${f.removeMemberTitle(r)}
.text=${f.removeMemberText}
.action=${f.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return l`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${f.searchMembers}
placeholder=${f.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:t,role:n}=e,r=t.id===this.client.me?.id,i=p(t),a=l`<causerie-avatar .name=${i} .key=${m(t)}></causerie-avatar>
${S(t,``,r?f.you:i)}
${n===`owner`?l`<span class="tag">${f.owner}</span>`:``}`;if(r)return l`<div class="user">${a}</div>`;let o=f.remove(i);return l`<button class="user" @click=${()=>this.#a(t.id)}>${a}</button>
${this.conversation.capabilities.has(`remove_member`)?l`<button class="icon-button" aria-label=${o} title=${o} @click=${()=>this.#o(e)}>${b}</button>`:``}`}#a(e){let t=h(n(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=f.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};t([e({attribute:!1})],j.prototype,`conversation`,void 0),t([s()],j.prototype,`members`,void 0),t([s()],j.prototype,`more`,void 0),t([s()],j.prototype,`problem`,void 0),t([s()],j.prototype,`filter`,void 0),t([s()],j.prototype,`removing`,void 0),t([a(`causerie-load-sentinel`)],j.prototype,`sentinel`,void 0),t([a(`causerie-confirm-dialog`)],j.prototype,`confirm`,void 0),j=t([r(`causerie-member-list`)],j);function M(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var N=class extends o{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[i,C,k,c` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:t}=this,n=v(e,t.me?.id);return l`<causerie-member-list .client=${t} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${n} .key=${e.id}></causerie-avatar>
<h3><bdi>${n}</bdi></h3>
<p class="muted">${f.members(e.memberCount)}</p>
</div>
${this.problem?l`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?l`<button class="row" @click=${()=>this.dialog.show()}>${g}<span>${f.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${t}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${t} .conversation=${e}></causerie-group-dialog>`}#e};t([e({attribute:!1})],N.prototype,`conversation`,void 0),t([s()],N.prototype,`problem`,void 0),t([a(`causerie-group-dialog`)],N.prototype,`dialog`,void 0),N=t([r(`causerie-group-details`)],N);var P=`block`,F=class extends o{#e;#t;constructor(){super(),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail},new O(this)}static{this.styles=[i,C,k,c` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=p(e),a=t.presence(e.id);return l`
<div class="head">
<causerie-avatar .name=${i} .key=${m(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
${e.about?l`<p dir="auto">${e.about}</p>`:``}
<p class="muted">${y(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?l`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?l`<causerie-conversation-actions
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
`}#n(e){let{user:t,client:n}=this,r={id:t.id},{can:i,relations:a=[]}=this.#e.of(n,t)??{},o=a.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),s=a.some(({relation:e,direction:t})=>e===P&&t===`outgoing`),c=t=>({heading:f.removeFriendTitle(e),text:f.removeFriendText,action:f.removeFriend,run:()=>n.unrelate(t,r)}),u={heading:f.blockTitle(e),text:f.blockText,action:f.block,run:()=>n.relate(P,r)};return l`${o?this.#r(E,f.removeFriend,()=>this.#a(c(o.relation))):``}
${s?this.#r(D,f.unblock,()=>this.#o(()=>n.unrelate(P,r))):i?.has(`block`)?this.#r(D,f.block,()=>this.#a(u)):``}`}#r(e,t,n){return l`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=u(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};t([e({attribute:!1})],F.prototype,`user`,void 0),t([e({attribute:!1})],F.prototype,`conversation`,void 0),t([s()],F.prototype,`question`,void 0),t([s()],F.prototype,`problem`,void 0),t([a(`causerie-confirm-dialog`)],F.prototype,`confirm`,void 0),F=t([r(`causerie-user-details`)],F);var I=class extends o{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[i,c` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:t}=this,n=e?_(e,t.me?.id):this.user;return l`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${f.detailsTitle}</h2>
<button class="icon-button" aria-label=${f.close} title=${f.close} @click=${()=>this.#t(`causerie-details`)}>
${b}
</button>
</header>
${n?l`<causerie-user-details .client=${t} .user=${n} .conversation=${e}></causerie-user-details>`:e?l`<causerie-group-details .client=${t} .conversation=${e}></causerie-group-details>`:l`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};t([e({attribute:!1})],I.prototype,`conversation`,void 0),t([e({attribute:!1})],I.prototype,`user`,void 0),t([a(`h2`)],I.prototype,`heading`,void 0),I=t([r(`causerie-details-pane`)],I);export{I as DetailsPane};