import{D as e,E as t,I as n,P as r,Q as i,S as a,W as o,Z as s,at as c,b as l,ct as u,et as d,it as f,rt as p,s as m,u as h,x as g,y as _,z as v}from"./shared-BiOQ8yhq.js";var y=f` .head{display:flex;align-items:center;gap:6px;padding:14px 12px 8px 20px}.head.deep{padding-inline-start:10px}.head h2{flex:1}.fields{display:grid;grid-template-columns:minmax(0,1fr);gap:8px;padding:4px 20px 10px}.chips{display:flex;flex-wrap:wrap;gap:6px}.chip{display:inline-flex;align-items:center;gap:4px;min-height:30px;max-width:100%;padding:0 6px 0 12px;border-radius:15px;background:var(--accent-soft);font-size:0.875rem}.chip .icon{flex:none;width:16px;height:16px}.results{flex:1;min-height:260px;overflow-y:auto;scrollbar-width:thin;padding:0 8px 12px;--avatar-size:40px}.results ul{list-style:none;margin:0;padding:0}.person{width:100%;display:flex;align-items:center;gap:12px;padding:8px 12px;border-radius:12px;text-align:start}.row{display:flex;align-items:center;gap:8px}.row .person{flex:1;min-width:0}.row .button{flex:none;margin-inline-end:12px}.person:hover:not(:disabled){background:var(--hover)}.person:focus-visible{outline-offset:-2px}.person > span{flex:1;min-width:0}.name{display:block;font-weight:550}.box{flex:none;width:22px;height:22px;border-radius:50%;border:2px solid var(--border);display:grid;place-items:center}[aria-pressed="true"] .box{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.box .icon{width:14px;height:14px;stroke-width:3}[aria-pressed="false"] .box .icon{display:none}.circle{width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}.closed{font-size:0.8125rem}.hint{display:grid;gap:6px;padding:24px 16px;text-align:center;text-wrap:pretty}.foot{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:12px 20px;border-top:1px solid var(--border)}.problem{padding:0 20px 10px;color:var(--danger);font-size:0.875rem}`,b=150,x=class extends l{constructor(...e){super(...e),this.query=``,this.mayStartGroup=!1,this.asked=new Set,this.group=!1,this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.drawnAfter=[],this.#t=0}#e;#t;static{this.styles=[a,_,y]}show(){this.query=this.subject=this.problem=``,this.found=void 0,this.chosen=[],this.asked=new Set,this.group=this.busy=!1,this.dialog.showModal(),this.#u(),this.#d()}render(){return p`<dialog aria-labelledby="heading">
      <div class="head ${this.group?`deep`:``}">
        ${this.group?p`<button class="icon-button" aria-label=${u.newConversation} title=${u.newConversation} @click=${()=>this.#s(!1)}>
              ${r}
            </button>`:``}
        <h2 id="heading">${this.group?u.newGroup:u.newConversation}</h2>
        <button class="icon-button" aria-label=${u.close} title=${u.close} @click=${()=>this.dialog.close()}>${v}</button>
      </div>
      <div class="fields">
        ${this.group?this.#a():``}
        <input
          class="field search"
          type="search"
          autofocus
          autocomplete="off"
          aria-label=${u.searchPeople}
          placeholder=${u.searchPeople}
          .value=${h(this.query)}
          @input=${this.#l}
        />
      </div>
      ${this.problem?p`<p class="problem" role="alert">${this.problem}</p>`:``}
      <div class="results">
        ${this.group||this.query?``:this.#n()}
        <div aria-live="polite">${this.#r()}</div>
      </div>
      ${this.group?this.#o():``}
    </dialog>`}#n(){return p`${this.mayStartGroup?p`<button class="person" @click=${()=>this.#s(!0)}>
          <i class="circle">${o}</i><span class="name">${u.newGroup}</span>
        </button>`:``}
      <button class="person" ?disabled=${this.busy} @click=${()=>this.#m(()=>this.client.startNoteToSelf())}>
        <causerie-avatar kind="note" .key=${this.client.me?t(this.client.me):``}></causerie-avatar><span class="name">${u.noteToSelf}</span>
      </button>`}#r(){if(!this.found)return p`<p class="hint muted">${u.loading}</p>`;let e=this.group?this.found.filter(({can:e})=>e.has(`start`)):this.found;if(!e.length){let e=this.query.trim()?u.nobodyFound:u.nobodyToWriteTo;return this.problem?``:p`<div class="hint"><p>${e}</p><p class="muted">${u.onlyReachable}</p></div>`}return p`<ul>
      ${e.map(e=>p`<li>${this.#i(e)}</li>`)}
    </ul>`}#i({user:r,can:i,conversationId:a,mayRequest:o}){let s=e(r),c=p`<causerie-avatar .name=${s} .key=${t(r)}></causerie-avatar>`;if(!this.group){let e=i.has(`start`)||a!==void 0,t=()=>{e?this.#p(a??m(r.id)):this.#m(()=>this.client.startDirect({id:r.id}),u.startErrors)},[n]=o,l=this.asked.has(r.id)?u.requestSent:n?u.onRequest:u.notStartable;return p`<div class="row">
        <button class="person" ?disabled=${this.busy} @click=${t}>
          ${c}
          <span>
            <span class="name clip">${s}</span>
            ${e?``:p`<span class="closed muted">${l}</span>`}
          </span>
        </button>
        ${e||n===void 0?``:p`<button class="button" ?disabled=${this.busy} aria-label=${u.sendRequestTo(s)} @click=${()=>this.#f(n,r)}>
              ${u.sendRequest}
            </button>`}
      </div>`}let l=this.chosen.some(({id:e})=>e===r.id);return p`<button class="person" aria-pressed=${l?`true`:`false`} @click=${()=>this.#c(r)}>
      ${c}<span class="name clip">${s}</span><i class="box">${n}</i>
    </button>`}#a(){return p`<input
        class="field subject"
        autocomplete="off"
        aria-label=${u.groupName}
        placeholder=${u.groupName}
        .value=${h(this.subject)}
        @input=${e=>{this.subject=e.target.value}}
      />
      ${this.chosen.length?p`<div class="chips">
            ${this.chosen.map(t=>{let n=e(t);return p`<button class="chip" aria-label=${u.remove(n)} @click=${()=>this.#c(t)}>
                <span class="clip">${n}</span>${v}
              </button>`})}
          </div>`:``}`}#o(){let e=this.chosen.length>0&&this.subject.trim()!==``&&!this.busy,t=()=>this.client.startGroup(this.subject.trim(),this.chosen.map(({id:e})=>({id:e}))),n={...u.startErrors,...u.startGroupErrors};return p`<div class="foot">
      <span class="muted">${u.selected(this.chosen.length)}</span>
      <button class="button primary" ?disabled=${!e} @click=${()=>this.#m(t,n)}>${u.createGroup}</button>
    </div>`}#s(e){this.group=e,this.problem=``}#c(e){let t=this.chosen.filter(({id:t})=>t!==e.id);this.chosen=t.length<this.chosen.length?t:[...this.chosen,e]}#l(e){this.query=e.target.value,clearTimeout(this.#e),this.#e=setTimeout(()=>void this.#u(),b)}async#u(){let e=++this.#t;try{let{items:t,mayStartGroup:n}=await this.client.searchDirectory(this.query.trim(),50);if(e!==this.#t)return;let r=this.client.me?.id;this.mayStartGroup=n,this.found=t.filter(e=>e.user!==void 0&&e.user.id!==r),this.problem=``}catch(t){if(e!==this.#t)return;this.found=[],this.problem=c(t)}}async#d(){try{let{items:e}=await this.client.relations(),t=e.filter(({state:e,direction:t})=>e===`pending`&&t===`outgoing`);this.asked=new Set([...this.asked,...t.map(({user:e})=>e.id)])}catch{}}async#f(e,t){this.busy=!0,this.problem=``;try{await this.client.relate(e,{id:t.id}),this.asked=new Set([...this.asked,t.id]),await this.#u()}catch(e){this.problem=c(e)}finally{this.busy=!1}}#p(e){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-open`,{detail:e,bubbles:!0,composed:!0}))}async#m(e,t={}){this.busy=!0,this.problem=``;try{this.#p((await e()).id)}catch(e){this.problem=c(e,t)}finally{this.busy=!1}}};g([i()],x.prototype,`query`,void 0),g([i()],x.prototype,`found`,void 0),g([i()],x.prototype,`mayStartGroup`,void 0),g([i()],x.prototype,`asked`,void 0),g([i()],x.prototype,`group`,void 0),g([i()],x.prototype,`subject`,void 0),g([i()],x.prototype,`chosen`,void 0),g([i()],x.prototype,`busy`,void 0),g([i()],x.prototype,`problem`,void 0),g([s(`dialog`)],x.prototype,`dialog`,void 0),x=g([d(`causerie-new-conversation`)],x);export{x as NewConversation};