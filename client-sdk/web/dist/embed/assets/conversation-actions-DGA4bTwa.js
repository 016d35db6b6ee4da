import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,L as n,N as r,O as i,V as a,X as o,Y as s,at as c,ft as l,gt as u,it as d,nt as f,ot as p,pt as m,rt as h,st as g,tt as _,ut as v,y}from"./base-eeG3xdAI.js";import"./confirm-dialog-C8l9BhXr.js";import{n as b}from"./lit-C8whEw6j.js";import{t as x}from"./dialog-styles-BrtRPL2i.js";var S=class extends g{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[o,x,l` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return v`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${u.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${u.groupName}
.value=${b(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${u.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${u.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};f([d()],S.prototype,`subject`,void 0),f([h(`dialog`)],S.prototype,`dialog`,void 0),f([h(`input`)],S.prototype,`field`,void 0),S=f([p(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends _{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[o,s]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return v`
${this.expanded?v`<ul>
${this.items.map(e=>v`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:o,subject:s,capabilities:c}=this.conversation,l=[[`rename`,t,u.rename,()=>this.#t(o,s)],[`close`,y,u.closeConversation,()=>this.#n(u.closeTitle,u.closeText,u.closeConversation,()=>e.closeConversation(o))],[`reopen`,n,u.reopenConversation,()=>this.#r(()=>e.reopenConversation(o))],[`leave`,r,u.leave,()=>this.#n(u.leaveTitle,u.leaveText,u.leave,()=>e.leave(o))],[`delete_conversation`,i,u.deleteCopy,()=>this.#n(u.deleteCopyTitle,u.deleteCopyText,u.delete,()=>e.deleteConversation(o))]].filter(([e])=>c.has(e));return[{icon:a,label:u.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...l.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(m(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};f([c({attribute:!1})],w.prototype,`conversation`,void 0),f([c({type:Boolean})],w.prototype,`expanded`,void 0),f([d()],w.prototype,`question`,void 0),f([h(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),f([h(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=f([p(`causerie-conversation-actions`)],w);export{C as t};