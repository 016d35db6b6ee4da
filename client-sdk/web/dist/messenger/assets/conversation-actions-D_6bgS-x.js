import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{I as t,P as n,Q as r,T as i,U as a,Z as o,at as s,ct as c,dt as l,ft as u,g as d,ht as f,it as p,lt as m,ot as h,pt as g,q as _,rt as v,st as y,z as b}from"./index-CLabfEX0.js";import"./confirm-dialog-FMzV-krB.js";import{t as x}from"./dialog-styles-KUpGT9XU.js";var S=class extends m{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[r,x,u` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return l`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${f.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${f.groupName}
.value=${d(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${f.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${f.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};p([h()],S.prototype,`subject`,void 0),p([s(`dialog`)],S.prototype,`dialog`,void 0),p([s(`input`)],S.prototype,`field`,void 0),S=p([c(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends v{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[r,o]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return l`
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
`}get items(){let{client:e}=this,{id:r,subject:o,capabilities:s}=this.conversation,c=[[`rename`,t,f.rename,()=>this.#t(r,o)],[`close`,i,f.closeConversation,()=>this.#n(f.closeTitle,f.closeText,f.closeConversation,()=>e.closeConversation(r))],[`reopen`,a,f.reopenConversation,()=>this.#r(()=>e.reopenConversation(r))],[`leave`,b,f.leave,()=>this.#n(f.leaveTitle,f.leaveText,f.leave,()=>e.leave(r))],[`delete_conversation`,n,f.deleteCopy,()=>this.#n(f.deleteCopyTitle,f.deleteCopyText,f.delete,()=>e.deleteConversation(r))]].filter(([e])=>s.has(e));return[{icon:_,label:f.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...c.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(g(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};p([y({attribute:!1})],w.prototype,`conversation`,void 0),p([y({type:Boolean})],w.prototype,`expanded`,void 0),p([h()],w.prototype,`question`,void 0),p([s(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),p([s(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=p([c(`causerie-conversation-actions`)],w);export{C as t};