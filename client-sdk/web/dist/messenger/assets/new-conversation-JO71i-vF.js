import{D as e,E as t,S as n,T as r,_ as i,a,b as o,c as s,f as c,h as l,i as u,l as d,m as f,o as p,p as m,s as h,v as g,w as _,x as v,y}from"./index-DdJsP9FZ.js";var b=r` .head{display:flex;align-items:center;gap:6px;padding:14px 12px 8px 20px}.head.deep{padding-inline-start:10px}.head h2{flex:1}.fields{display:grid;grid-template-columns:minmax(0,1fr);gap:8px;padding:4px 20px 10px}.chips{display:flex;flex-wrap:wrap;gap:6px}.chip{display:inline-flex;align-items:center;gap:4px;min-height:30px;max-width:100%;padding:0 6px 0 12px;border-radius:15px;background:var(--accent-soft);font-size:0.875rem}.chip .icon{flex:none;width:16px;height:16px}.results{flex:1;min-height:260px;overflow-y:auto;scrollbar-width:thin;padding:0 8px 12px;--avatar-size:40px}.user{width:100%;gap:12px;border-radius:12px;text-align:start}.row{display:flex;align-items:center;gap:8px}.row .user{flex:1;min-width:0}.row .button{flex:none;margin-inline-end:12px}.name{display:block}.box{flex:none;width:22px;height:22px;border-radius:50%;border:2px solid var(--border);display:grid;place-items:center}[aria-pressed="true"] .box{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.box .icon{width:14px;height:14px;stroke-width:3}[aria-pressed="false"] .box .icon{display:none}.circle{width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}.closed{font-size:0.8125rem}.hint{display:grid;gap:6px;padding:24px 16px;text-align:center;text-wrap:pretty}.foot{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:12px 20px;border-top:1px solid var(--border)}.problem{padding:0 20px 10px;color:var(--danger);font-size:0.875rem}`,x=150,S=class extends h{constructor(...e){super(...e),this.query=``,this.mayStartGroup=!1,this.requested=new Set,this.group=!1,this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.updateEvents=[],this.#t=0}#e;#t;static{this.styles=[d,p,c,b]}show(){this.query=this.subject=this.problem=``,this.hits=void 0,this.chosen=[],this.requested=new Set,this.group=this.busy=!1,this.dialog.showModal(),this.#u(),this.#d()}render(){return _`<dialog aria-labelledby="heading">
      <div class="head ${this.group?`deep`:``}">
        ${this.group?_`<button class="icon-button" aria-label=${e.newConversation} title=${e.newConversation} @click=${()=>this.#s(!1)}>
              ${l}
            </button>`:``}
        <h2 id="heading">${this.group?e.newGroup:e.newConversation}</h2>
        <button class="icon-button" aria-label=${e.close} title=${e.close} @click=${()=>this.dialog.close()}>${g}</button>
      </div>
      <div class="fields">
        ${this.group?this.#a():``}
        <input
          class="field search"
          type="search"
          autofocus
          autocomplete="off"
          aria-label=${e.searchUsers}
          placeholder=${e.searchUsers}
          .value=${a(this.query)}
          @input=${this.#l}
        />
      </div>
      ${this.problem?_`<p class="problem" role="alert">${this.problem}</p>`:``}
      <div class="results">
        ${this.group||this.query?``:this.#n()}
        <div aria-live="polite">${this.#r()}</div>
      </div>
      ${this.group?this.#o():``}
    </dialog>`}#n(){return _`${this.mayStartGroup?_`<button class="user" @click=${()=>this.#s(!0)}>
          <i class="circle">${y}</i><span class="name">${e.newGroup}</span>
        </button>`:``}
      <button class="user" ?disabled=${this.busy} @click=${()=>this.#m(()=>this.client.startNoteToSelf())}>
        <causerie-avatar kind="note" .key=${this.client.me?m(this.client.me):``}></causerie-avatar><span class="name">${e.noteToSelf}</span>
      </button>`}#r(){if(!this.hits)return _`<p class="hint muted">${e.loading}</p>`;let t=this.group?this.hits.filter(({can:e})=>e.has(`start`)):this.hits;if(!t.length){let t=this.query.trim()?e.noUsersFound:e.noReachableUsers;return this.problem?``:_`<div class="hint"><p>${t}</p><p class="muted">${e.reachableUsersHint}</p></div>`}return _`<ul>
      ${t.map(e=>_`<li>${this.#i(e)}</li>`)}
    </ul>`}#i({user:t,can:n,conversationId:r,mayRequest:a}){let o=f(t),s=_`<causerie-avatar .name=${o} .key=${m(t)}></causerie-avatar>`;if(!this.group){let i=n.has(`start`)||r!==void 0,c=()=>{i?this.#p(r??u(t.id)):this.#m(()=>this.client.startDirect({id:t.id}),e.startErrors)},[l]=a,d=this.requested.has(t.id)?e.requestSent:l?e.reachableOnRequest:e.userNotReachable;return _`<div class="row">
        <button class="user" ?disabled=${this.busy} @click=${c}>
          ${s}
          <span>
            <span class="name clip">${o}</span>
            ${i?``:_`<span class="closed muted">${d}</span>`}
          </span>
        </button>
        ${i||l===void 0?``:_`<button class="button" ?disabled=${this.busy} aria-label=${e.sendRequestTo(o)} @click=${()=>this.#f(l,t)}>
              ${e.sendRequest}
            </button>`}
      </div>`}let c=this.chosen.some(({id:e})=>e===t.id);return _`<button class="user" aria-pressed=${c?`true`:`false`} @click=${()=>this.#c(t)}>
      ${s}<span class="name clip">${o}</span><i class="box">${i}</i>
    </button>`}#a(){return _`<input
        class="field subject"
        autocomplete="off"
        aria-label=${e.groupName}
        placeholder=${e.groupName}
        .value=${a(this.subject)}
        @input=${e=>{this.subject=e.target.value}}
      />
      ${this.chosen.length?_`<div class="chips">
            ${this.chosen.map(t=>{let n=f(t);return _`<button class="chip" aria-label=${e.remove(n)} @click=${()=>this.#c(t)}>
                <span class="clip">${n}</span>${g}
              </button>`})}
          </div>`:``}`}#o(){let t=this.chosen.length>0&&this.subject.trim()!==``&&!this.busy,n=()=>this.client.startGroup(this.subject.trim(),this.chosen.map(({id:e})=>({id:e}))),r={...e.startErrors,...e.startGroupErrors};return _`<div class="foot">
      <span class="muted">${e.selected(this.chosen.length)}</span>
      <button class="button primary" ?disabled=${!t} @click=${()=>this.#m(n,r)}>${e.createGroup}</button>
    </div>`}#s(e){this.group=e,this.problem=``}#c(e){let t=this.chosen.filter(({id:t})=>t!==e.id);this.chosen=t.length<this.chosen.length?t:[...this.chosen,e]}#l(e){this.query=e.target.value,clearTimeout(this.#e),this.#e=setTimeout(()=>void this.#u(),x)}async#u(){let e=++this.#t;try{let{items:t,mayStartGroup:n}=await this.client.searchDirectory(this.query.trim(),50);if(e!==this.#t)return;let r=this.client.me?.id;this.mayStartGroup=n,this.hits=t.filter(e=>e.user!==void 0&&e.user.id!==r),this.problem=``}catch(n){if(e!==this.#t)return;this.hits=[],this.problem=t(n)}}async#d(){try{let{items:e}=await this.client.relations(),t=e.filter(({state:e,direction:t})=>e===`pending`&&t===`outgoing`);this.requested=new Set([...this.requested,...t.map(({user:e})=>e.id)])}catch{}}async#f(e,n){this.busy=!0,this.problem=``;try{await this.client.relate(e,{id:n.id}),this.requested=new Set([...this.requested,n.id]),await this.#u()}catch(e){this.problem=t(e)}finally{this.busy=!1}}#p(e){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}async#m(e,n={}){this.busy=!0,this.problem=``;try{this.#p((await e()).id)}catch(e){this.problem=t(e,n)}finally{this.busy=!1}}};s([v()],S.prototype,`query`,void 0),s([v()],S.prototype,`hits`,void 0),s([v()],S.prototype,`mayStartGroup`,void 0),s([v()],S.prototype,`requested`,void 0),s([v()],S.prototype,`group`,void 0),s([v()],S.prototype,`subject`,void 0),s([v()],S.prototype,`chosen`,void 0),s([v()],S.prototype,`busy`,void 0),s([v()],S.prototype,`problem`,void 0),s([o(`dialog`)],S.prototype,`dialog`,void 0),S=s([n(`causerie-new-conversation`)],S);export{S as NewConversation};