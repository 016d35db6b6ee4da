import{$ as e,A as t,D as n,E as r,O as i,T as a,Y as o,b as s,dt as c,ft as l,ht as u,lt as d,m as f,v as p,w as m,x as h}from"./base-DKBj6lqv.js";import"./composer-BFfEDTFB.js";import"./group-dialog-CODrdbMJ.js";import"./page-header--opVkd26.js";var g=class extends a{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=l(e,u.startErrors)}finally{this.busy=!1}}}static{this.styles=[s,h,m,c` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return d`
<causerie-page-header .heading=${u.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${u.to}
.placeholder=${u.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??f(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${u.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.me?d`<causerie-composer
.drafts=${p(e.me.id)}
.conversationId=${`new`}
.textBytesMax=${e.limits.textBytesMax??0}
busy
@keydown=${this.#r}
@click=${this.#i}
></causerie-composer>`:``}
<causerie-group-dialog
.client=${e}
@causerie-started=${({detail:e})=>this.#t(e.id)}
></causerie-group-dialog>
`}#e(){return d`${this.mayStartGroup?d`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${o}</i><span class="name">${u.newGroup}</span>
</button>`:``}
${this.mayStartNote?d`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${e}</i><span class="name">${u.noteToSelf}</span>
</button>`:``}`}#t(e){let t=p(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};r([i()],g.prototype,`problem`,void 0),r([i()],g.prototype,`busy`,void 0),r([i()],g.prototype,`mayStartGroup`,void 0),r([i()],g.prototype,`mayStartNote`,void 0),r([n(`causerie-user-picker`)],g.prototype,`picker`,void 0),r([n(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=r([t(`causerie-compose`)],g);export{g as Compose};