import{c as e}from"./sdk-XiUIHS4E.js";import{A as t,D as n,E as r,F as i,J as a,M as o,N as s,O as c,P as l,Q as u,S as d,T as f,Y as p,j as m,q as h,v as g,w as _}from"./base-BsNUvOP0.js";import"./conversation-Cpt6OSxw.js";import{n as v}from"./contact-actions-DiHtsXPP.js";var y=class extends _{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[r,c,n,a` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(t){super.willUpdate(t),t.has(`user`)&&t.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=e())}render(){let{client:e,user:t}=this,n=i(t),r=this.#e.of(e,t),a=r!==void 0&&!r.can.has(`start`)&&r.conversationId===void 0;return h`
<causerie-chat-header exportparts="header" .client=${e} .user=${t} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${n} .key=${l(t)}></causerie-avatar>
<p class="name">${n}</p>
${a?h`<causerie-contact-actions .client=${e} .user=${t}></causerie-contact-actions>`:h`<p>${u.firstMessageHint}</p>`}
</div>
${this.problem?h`<p class="problem" role="alert">${this.problem}</p>`:``}
${a?h`<p class="notice">${u.cannotSendTo(n)}</p>`:h`<causerie-composer
exportparts="composer"
.drafts=${d(e.me?.id??``)}
.conversationId=${g(t.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:t}){let{client:n,user:r}=this,i=d(n.me?.id??``),a=g(r.id);t!==this.#n&&(this.#t=e()),this.#n=t;let o=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await n.startDirect({id:r.id},{clientId:o,text:t});this.user.id===r.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){i.get(a).text||i.setText(a,t),this.user.id===r.id&&(this.problem=p(e,u.startErrors))}finally{this.#t===o&&(this.sending=!1)}}};f([o({attribute:!1})],y.prototype,`user`,void 0),f([o({type:Boolean})],y.prototype,`details`,void 0),f([m()],y.prototype,`sending`,void 0),f([m()],y.prototype,`problem`,void 0),f([t(`causerie-chat-header`)],y.prototype,`header`,void 0),f([t(`causerie-composer`)],y.prototype,`composer`,void 0),y=f([s(`causerie-new-chat`)],y);export{y as NewChat};