import{c as e}from"./sdk-wwOZM5Vc.js";import{A as t,D as n,E as r,M as i,O as a,S as o,T as s,b as c,dt as l,ft as u,ht as d,j as f,k as p,lt as m,m as h,v as g,x as _}from"./base-DKBj6lqv.js";import"./chat-header-D0FCKwTR.js";import"./composer-BFfEDTFB.js";import{n as v}from"./contact-actions-Co6LIjxY.js";var y=class extends s{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[c,o,_,l` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(t){super.willUpdate(t),t.has(`user`)&&t.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=e())}render(){let{client:e,user:t}=this,n=i(t),r=this.#e.of(e,t),a=r!==void 0&&!r.can.has(`start`)&&r.conversationId===void 0;return m`
<causerie-chat-header exportparts="header" .client=${e} .user=${t} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${n} .key=${f(t)}></causerie-avatar>
<p class="name">${n}</p>
${a?m`<causerie-contact-actions .client=${e} .user=${t}></causerie-contact-actions>`:m`<p>${d.firstMessageHint}</p>`}
</div>
${this.problem?m`<p class="problem" role="alert">${this.problem}</p>`:``}
${a?m`<p class="notice">${d.cannotSendTo(n)}</p>`:m`<causerie-composer
exportparts="composer"
.drafts=${g(e.me?.id??``)}
.conversationId=${h(t.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:t}){let{client:n,user:r}=this,i=g(n.me?.id??``),a=h(r.id);t!==this.#n&&(this.#t=e()),this.#n=t;let o=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await n.startDirect({id:r.id},{clientId:o,text:t});this.user.id===r.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){i.get(a).text||i.setText(a,t),this.user.id===r.id&&(this.problem=u(e,d.startErrors))}finally{this.#t===o&&(this.sending=!1)}}};r([p({attribute:!1})],y.prototype,`user`,void 0),r([p({type:Boolean})],y.prototype,`details`,void 0),r([a()],y.prototype,`sending`,void 0),r([a()],y.prototype,`problem`,void 0),r([n(`causerie-chat-header`)],y.prototype,`header`,void 0),r([n(`causerie-composer`)],y.prototype,`composer`,void 0),y=r([t(`causerie-new-chat`)],y);export{y as NewChat};