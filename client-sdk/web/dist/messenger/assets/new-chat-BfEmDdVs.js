import{B as e,F as t,G as n,H as r,I as i,J as a,L as o,Q as s,R as c,U as l,V as u,W as d,X as f,Y as p,b as m,et as h,w as g,y as _}from"./index-DnB8i7x1.js";import"./conversation-DU7gPpro.js";import{n as v}from"./contact-actions-CeDw0i8v.js";var y=class extends e{constructor(...e){super(...e),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=h(),this.#n=``}#e;#t;#n;static{this.styles=[i,c,o,p` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=h())}render(){let{client:e,user:n}=this,r=m(n),i=this.#e.of(e,n),o=i!==void 0&&!i.can.has(`start`)&&i.conversationId===void 0;return a`
<causerie-chat-header exportparts="header" .client=${e} .user=${n} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${r} .key=${_(n)}></causerie-avatar>
<p class="name">${r}</p>
${o?a`<causerie-contact-actions .client=${e} .user=${n}></causerie-contact-actions>`:a`<p>${s.firstMessageHint}</p>`}
</div>
${this.problem?a`<p class="problem" role="alert">${this.problem}</p>`:``}
${o?a`<p class="notice">${s.cannotSendTo(r)}</p>`:a`<causerie-composer
exportparts="composer"
.drafts=${g(e.me?.id??``)}
.conversationId=${t(n.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:e}){let{client:n,user:r}=this,i=g(n.me?.id??``),a=t(r.id);e!==this.#n&&(this.#t=h()),this.#n=e;let o=this.#t;this.problem=``,this.sending=!0;try{let{id:t}=await n.startDirect({id:r.id},{clientId:o,text:e});this.user.id===r.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:t}))}catch(t){i.get(a).text||i.setText(a,e),this.user.id===r.id&&(this.problem=f(t,s.startErrors))}finally{this.#t===o&&(this.sending=!1)}}};u([d({attribute:!1})],y.prototype,`user`,void 0),u([d({type:Boolean})],y.prototype,`details`,void 0),u([l()],y.prototype,`sending`,void 0),u([l()],y.prototype,`problem`,void 0),u([r(`causerie-chat-header`)],y.prototype,`header`,void 0),u([r(`causerie-composer`)],y.prototype,`composer`,void 0),y=u([n(`causerie-new-chat`)],y);export{y as NewChat};