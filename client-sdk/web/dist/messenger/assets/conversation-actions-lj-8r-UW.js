import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,I as n,P as r,Q as i,T as a,U as o,at as s,ct as c,ft as l,g as u,gt as d,it as f,lt as p,mt as m,ot as h,pt as g,q as _,st as v,ut as y,z as b}from"./index-BYLA7pff.js";import"./confirm-dialog-MBWw9RaT.js";import{t as x}from"./dialog-styles-BgkHC6iE.js";var S=class extends y{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[t,x,g` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return l`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${d.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${d.groupName}
.value=${u(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${d.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${d.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};s([v()],S.prototype,`subject`,void 0),s([h(`dialog`)],S.prototype,`dialog`,void 0),s([h(`input`)],S.prototype,`field`,void 0),S=s([p(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends f{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[t,i]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return l`
${this.expanded?l`<ul>
${this.items.map(e=>l`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
</ul>`:``}
<causerie-confirm-dialog
.heading=${e??``}
.text=${t??``}
.action=${n??``}
@causerie-confirm=${()=>r&&this.#r(r)}
></causerie-confirm-dialog>
<causerie-rename-dialog
@causerie-rename=${({detail:e})=>this.#r(()=>this.client.rename(this.#e,e))}
></causerie-rename-dialog>
`}get items(){let{client:e}=this,{id:t,subject:i,capabilities:s}=this.conversation,c=[[`rename`,n,d.rename,()=>this.#t(t,i)],[`close`,a,d.closeConversation,()=>this.#n(d.closeTitle,d.closeText,d.closeConversation,()=>e.closeConversation(t))],[`reopen`,o,d.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,b,d.leave,()=>this.#n(d.leaveTitle,d.leaveText,d.leave,()=>e.leave(t))],[`delete_conversation`,r,d.deleteCopy,()=>this.#n(d.deleteCopyTitle,d.deleteCopyText,d.delete,()=>e.deleteConversation(t))]].filter(([e])=>s.has(e));return[{icon:_,label:d.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...c.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(m(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};s([c({attribute:!1})],w.prototype,`conversation`,void 0),s([c({type:Boolean})],w.prototype,`expanded`,void 0),s([v()],w.prototype,`question`,void 0),s([h(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),s([h(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=s([p(`causerie-conversation-actions`)],w);export{C as t};