import{n as e}from"./sdk-g6SHQ9Vl.js";import{$ as t,B as n,F as r,G as i,H as a,I as o,J as s,L as c,R as l,U as u,V as d,W as f,X as p,Y as m,g as h,h as g,x as _}from"./base-ChZsZa2p.js";import"./conversation-DiOG5m2d.js";import{n as v}from"./contact-actions-DRbv-l6A.js";var y=class extends n{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[o,l,c,m` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(t){super.willUpdate(t),t.has(`user`)&&t.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=e())}render(){let{client:e,user:n}=this,i=h(n),a=this.#e.of(e,n),o=a!==void 0&&!a.can.has(`start`)&&a.conversationId===void 0;return s`
<causerie-chat-header exportparts="header" .client=${e} .user=${n} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${i} .key=${g(n)}></causerie-avatar>
<p class="name">${i}</p>
${o?s`<causerie-contact-actions .client=${e} .user=${n}></causerie-contact-actions>`:s`<p>${t.firstMessageHint}</p>`}
</div>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
${o?s`<p class="notice">${t.cannotSendTo(i)}</p>`:s`<causerie-composer
exportparts="composer"
.drafts=${_(e.me?.id??``)}
.conversationId=${r(n.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:n}){let{client:i,user:a}=this,o=_(i.me?.id??``),s=r(a.id);n!==this.#n&&(this.#t=e()),this.#n=n;let c=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await i.startDirect({id:a.id},{clientId:c,text:n});this.user.id===a.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){o.get(s).text||o.setText(s,n),this.user.id===a.id&&(this.problem=p(e,t.startErrors))}finally{this.#t===c&&(this.sending=!1)}}};d([f({attribute:!1})],y.prototype,`user`,void 0),d([f({type:Boolean})],y.prototype,`details`,void 0),d([u()],y.prototype,`sending`,void 0),d([u()],y.prototype,`problem`,void 0),d([a(`causerie-chat-header`)],y.prototype,`header`,void 0),d([a(`causerie-composer`)],y.prototype,`composer`,void 0),y=d([i(`causerie-new-chat`)],y);export{y as NewChat};