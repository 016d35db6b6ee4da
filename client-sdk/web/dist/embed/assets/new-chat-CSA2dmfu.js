import{n as e}from"./sdk-4lv1ONsk.js";import{J as t,Q as n,X as r,Z as i,at as a,d as o,ft as s,g as c,gt as l,it as u,nt as d,ot as f,pt as p,rt as m,tt as h,u as g,ut as _}from"./base-eeG3xdAI.js";import"./chat-header-BVNUHvQz.js";import"./composer-D59eHoAx.js";import{n as v}from"./contact-actions-Cx7PORT5.js";var y=class extends h{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[r,n,i,s` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(t){super.willUpdate(t),t.has(`user`)&&t.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=e())}render(){let{client:e,user:n}=this,r=o(n),i=this.#e.of(e,n),a=i!==void 0&&!i.can.has(`start`)&&i.conversationId===void 0;return _`
<causerie-chat-header exportparts="header" .client=${e} .user=${n} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${r} .key=${g(n)}></causerie-avatar>
<p class="name">${r}</p>
${a?_`<causerie-contact-actions .client=${e} .user=${n}></causerie-contact-actions>`:_`<p>${l.firstMessageHint}</p>`}
</div>
${this.problem?_`<p class="problem" role="alert">${this.problem}</p>`:``}
${a?_`<p class="notice">${l.cannotSendTo(r)}</p>`:_`<causerie-composer
exportparts="composer"
.drafts=${c(e.me?.id??``)}
.conversationId=${t(n.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:n}){let{client:r,user:i}=this,a=c(r.me?.id??``),o=t(i.id);n!==this.#n&&(this.#t=e()),this.#n=n;let s=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await r.startDirect({id:i.id},{clientId:s,text:n});this.user.id===i.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){a.get(o).text||a.setText(o,n),this.user.id===i.id&&(this.problem=p(e,l.startErrors))}finally{this.#t===s&&(this.sending=!1)}}};d([a({attribute:!1})],y.prototype,`user`,void 0),d([a({type:Boolean})],y.prototype,`details`,void 0),d([u()],y.prototype,`sending`,void 0),d([u()],y.prototype,`problem`,void 0),d([m(`causerie-chat-header`)],y.prototype,`header`,void 0),d([m(`causerie-composer`)],y.prototype,`composer`,void 0),y=d([f(`causerie-new-chat`)],y);export{y as NewChat};