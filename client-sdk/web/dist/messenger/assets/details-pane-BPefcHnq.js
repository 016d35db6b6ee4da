import{$ as e,A as t,I as n,J as r,K as i,Q as a,T as o,W as s,_ as c,ct as l,et as u,f as d,h as f,it as p,lt as m,m as h,nt as g,o as _,ot as v,q as y,rt as b,st as x,tt as S,v as C,z as w}from"./index-D0NMIBcr.js";import"./conversation-actions-HA1vW7wm.js";import"./group-dialog-BhcgHjKK.js";import"./confirm-dialog-hKPj3syo.js";import{n as T}from"./contact-actions-CpmmLdHn.js";import{t as E}from"./presence-text-C8K2hre8.js";var D=x` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends e{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=l(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[r,a,x` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>_(f(e),t)):this.members,r=e?f(e.user):``;return v`<div class="scroller">
      <div>
        <slot></slot>
        <section class="members" aria-labelledby="heading">
          <h3 id="heading">${m.members(this.conversation.memberCount)}</h3>
          ${this.conversation.memberCount>=O?this.#r():``}
          <ul>
            ${d(n,({user:e})=>e.id,e=>v`<li>${this.#i(e)}</li>`)}
          </ul>
        </section>
        ${this.more?v`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
      </div>
      <causerie-confirm-dialog
        .heading=${m.removeMemberTitle(r)}
        .text=${m.removeMemberText}
        .action=${m.removeMember}
        @causerie-confirm=${this.#s}
      ></causerie-confirm-dialog>
    </div>`}#r(){return v`<div class="search">
      <input
        class="field"
        type="search"
        autocomplete="off"
        aria-label=${m.searchMembers}
        placeholder=${m.searchMembers}
        .value=${this.filter}
        @input=${e=>{this.filter=e.target.value}}
      />
    </div>`}#i(e){let{user:n,role:r}=e,i=n.id===this.client.me?.id,a=f(n),o=v`<causerie-avatar .name=${a} .key=${h(n)}></causerie-avatar>
      <span><span class="name clip">${i?m.you:a}</span></span>
      ${r===`owner`?v`<span class="tag">${m.owner}</span>`:``}`;if(i)return v`<div class="user">${o}</div>`;let s=m.remove(a);return v`<button class="user" @click=${()=>this.#a(n.id)}>${o}</button>
      ${this.conversation.capabilities.has(`remove_member`)?v`<button class="icon-button" aria-label=${s} title=${s} @click=${()=>this.#o(e)}>${t}</button>`:``}`}#a(e){let t=s(i(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=m.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};u([b({attribute:!1})],k.prototype,`conversation`,void 0),u([g()],k.prototype,`members`,void 0),u([g()],k.prototype,`more`,void 0),u([g()],k.prototype,`problem`,void 0),u([g()],k.prototype,`filter`,void 0),u([g()],k.prototype,`removing`,void 0),u([S(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),u([S(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=u([p(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends e{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[r,y,D,x` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:t}=this,n=C(e,t.me?.id);return v`<causerie-member-list .client=${t} .conversation=${e} @causerie-problem=${this.#e}>
        <div class="head">
          <causerie-avatar kind="group" .name=${n} .key=${e.id}></causerie-avatar>
          <h3><bdi>${n}</bdi></h3>
          <p class="muted">${m.members(e.memberCount)}</p>
        </div>
        ${this.problem?v`<p class="problem" role="alert">${this.problem}</p>`:``}
        <div class="part">
          ${e.capabilities.has(`add_member`)?v`<button class="row" @click=${()=>this.dialog.show()}>${w}<span>${m.addPeople}</span></button>`:``}
          <causerie-conversation-actions
            expanded
            .client=${t}
            .conversation=${e}
            @causerie-problem=${this.#e}
            @causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
          ></causerie-conversation-actions>
        </div>
      </causerie-member-list>
      <causerie-group-dialog .client=${t} .conversation=${e}></causerie-group-dialog>`}#e};u([b({attribute:!1})],j.prototype,`conversation`,void 0),u([g()],j.prototype,`problem`,void 0),u([S(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=u([p(`causerie-group-details`)],j);var M=`block`,N=class extends e{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[r,y,D,x` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=f(e),a=t.presence(e.id);return v`
      <div class="head">
        <causerie-avatar .name=${i} .key=${h(e)} ?online=${a?.online??!1}></causerie-avatar>
        <h3><bdi>${i}</bdi></h3>
        <p class="muted">${E(a)}</p>
      </div>
      <causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
      ${this.problem?v`<p class="problem" role="alert">${this.problem}</p>`:``}
      <div class="part">
        ${n?v`<causerie-conversation-actions
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
    `}#n(e){let{user:t,client:r}=this,i={id:t.id},a=this.#e.relations(r,t),s=a.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),c=a.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),l=t=>({heading:m.removeFriendTitle(e),text:m.removeFriendText,action:m.removeFriend,run:()=>r.unrelate(t,i)}),u={heading:m.blockTitle(e),text:m.blockText,action:m.block,run:()=>r.relate(M,i)};return v`${s?this.#r(n,m.removeFriend,()=>this.#a(l(s.relation))):``}
      ${c?this.#r(o,m.unblock,()=>this.#o(()=>r.unrelate(M,i))):this.#r(o,m.block,()=>this.#a(u))}`}#r(e,t,n){return v`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=l(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};u([b({attribute:!1})],N.prototype,`user`,void 0),u([b({attribute:!1})],N.prototype,`conversation`,void 0),u([g()],N.prototype,`question`,void 0),u([g()],N.prototype,`problem`,void 0),u([S(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=u([p(`causerie-user-details`)],N);var P=class extends e{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[r,x` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:n}=this,r=e?c(e,n.me?.id):this.user;return v`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
      <header>
        <h2 id="heading" tabindex="-1">${m.detailsTitle}</h2>
        <button class="icon-button" aria-label=${m.close} title=${m.close} @click=${()=>this.#t(`causerie-details`)}>
          ${t}
        </button>
      </header>
      ${r?v`<causerie-user-details .client=${n} .user=${r} .conversation=${e}></causerie-user-details>`:e?v`<causerie-group-details .client=${n} .conversation=${e}></causerie-group-details>`:v`<div></div>`}
    </section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};u([b({attribute:!1})],P.prototype,`conversation`,void 0),u([b({attribute:!1})],P.prototype,`user`,void 0),u([S(`h2`)],P.prototype,`heading`,void 0),P=u([p(`causerie-details-pane`)],P);export{P as DetailsPane};