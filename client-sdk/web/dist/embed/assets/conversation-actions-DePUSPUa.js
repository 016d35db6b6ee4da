import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{G as t,H as n,K as r,L as i,U as a,V as o,W as s,X as c,Y as l,Z as u,et as d,m as f,q as p}from"./base-CNZ58isy.js";import"./confirm-dialog-BgUHXwhj.js";import{l as m}from"./conversation-Xq9yJsMB.js";import{a as h,c as g,f as _,t as v,u as y}from"./popup-BIBW-r37.js";import{t as b}from"./dialog-styles-DYwy7lsC.js";import{t as x}from"./rows-B58Q8--_.js";var S=class extends p{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[i,b,c` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return l`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${d.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${d.groupName}
.value=${f(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${d.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${d.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};n([s()],S.prototype,`subject`,void 0),n([a(`dialog`)],S.prototype,`dialog`,void 0),n([a(`input`)],S.prototype,`field`,void 0),S=n([r(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends o{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[i,x]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return l`
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
`}get items(){let{client:e}=this,{id:t,subject:n,capabilities:r}=this.conversation,i=[[`rename`,m,d.rename,()=>this.#t(t,n)],[`close`,v,d.closeConversation,()=>this.#n(d.closeTitle,d.closeText,d.closeConversation,()=>e.closeConversation(t))],[`reopen`,y,d.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,g,d.leave,()=>this.#n(d.leaveTitle,d.leaveText,d.leave,()=>e.leave(t))],[`delete_conversation`,h,d.deleteCopy,()=>this.#n(d.deleteCopyTitle,d.deleteCopyText,d.delete,()=>e.deleteConversation(t))]].filter(([e])=>r.has(e));return[{icon:_,label:d.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...i.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(u(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};n([t({attribute:!1})],w.prototype,`conversation`,void 0),n([t({type:Boolean})],w.prototype,`expanded`,void 0),n([s()],w.prototype,`question`,void 0),n([a(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),n([a(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=n([r(`causerie-conversation-actions`)],w);export{C as t};