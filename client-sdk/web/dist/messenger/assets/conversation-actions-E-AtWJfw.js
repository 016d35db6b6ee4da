import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{B as t,G as n,H as r,I as i,J as a,K as o,Q as s,U as c,V as l,W as u,X as d,Y as f,v as p}from"./index-DnB8i7x1.js";import"./confirm-dialog-DxbAFRCp.js";import{l as m}from"./conversation-DU7gPpro.js";import{a as h,c as g,f as _,t as v,u as y}from"./popup-D85zn-EO.js";import{t as b}from"./dialog-styles-CHzQ6c39.js";import{t as x}from"./row-styles-D_jo4lPF.js";var S=class extends o{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[i,b,f` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return a`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${s.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${s.groupName}
.value=${p(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${s.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${s.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};l([c()],S.prototype,`subject`,void 0),l([r(`dialog`)],S.prototype,`dialog`,void 0),l([r(`input`)],S.prototype,`field`,void 0),S=l([n(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends t{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[i,x]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return a`
${this.expanded?a`<ul>
${this.items.map(e=>a`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:t,subject:n,capabilities:r}=this.conversation,i=[[`rename`,m,s.rename,()=>this.#t(t,n)],[`close`,v,s.closeConversation,()=>this.#n(s.closeTitle,s.closeText,s.closeConversation,()=>e.closeConversation(t))],[`reopen`,y,s.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,g,s.leave,()=>this.#n(s.leaveTitle,s.leaveText,s.leave,()=>e.leave(t))],[`delete_conversation`,h,s.deleteCopy,()=>this.#n(s.deleteCopyTitle,s.deleteCopyText,s.delete,()=>e.deleteConversation(t))]].filter(([e])=>r.has(e));return[{icon:_,label:s.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...i.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(d(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};l([u({attribute:!1})],w.prototype,`conversation`,void 0),l([u({type:Boolean})],w.prototype,`expanded`,void 0),l([c()],w.prototype,`question`,void 0),l([r(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),l([r(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=l([n(`causerie-conversation-actions`)],w);export{C as t};