import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,J as n,L as r,N as i,O as a,V as o,Y as s,at as c,dt as l,et as u,ft as d,ht as f,it as p,lt as m,nt as h,ot as g,rt as _,tt as v,y}from"./base-BaZfI9-V.js";import"./confirm-dialog-DhXp9m5C.js";import{n as b}from"./lit-B55xck6a.js";import{t as x}from"./dialog-styles-DYDGpcSf.js";var S=class extends g{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[s,x,l` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return m`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${f.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${f.groupName}
.value=${b(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${f.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${f.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};v([_()],S.prototype,`subject`,void 0),v([h(`dialog`)],S.prototype,`dialog`,void 0),v([h(`input`)],S.prototype,`field`,void 0),S=v([c(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends u{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[s,n]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return m`
${this.expanded?m`<ul>
${this.items.map(e=>m`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:n,subject:s,capabilities:c}=this.conversation,l=[[`rename`,t,f.rename,()=>this.#t(n,s)],[`close`,y,f.closeConversation,()=>this.#n(f.closeTitle,f.closeText,f.closeConversation,()=>e.closeConversation(n))],[`reopen`,r,f.reopenConversation,()=>this.#r(()=>e.reopenConversation(n))],[`leave`,i,f.leave,()=>this.#n(f.leaveTitle,f.leaveText,f.leave,()=>e.leave(n))],[`delete_conversation`,a,f.deleteCopy,()=>this.#n(f.deleteCopyTitle,f.deleteCopyText,f.delete,()=>e.deleteConversation(n))]].filter(([e])=>c.has(e));return[{icon:o,label:f.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...l.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(d(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};v([p({attribute:!1})],w.prototype,`conversation`,void 0),v([p({type:Boolean})],w.prototype,`expanded`,void 0),v([_()],w.prototype,`question`,void 0),v([h(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),v([h(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=v([c(`causerie-conversation-actions`)],w);export{C as t};