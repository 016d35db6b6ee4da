import{F as e,Q as t,S as n,T as r,ct as i,et as a,it as o,n as s,r as c,rt as l,t as u,tt as d,w as f,x as p}from"./shared-BiOQ8yhq.js";function m(e){return e?.[i.locale]??e?.en??``}var h=class extends d{constructor(...e){super(...e),this.problem=`none`,this.#n=async()=>{this.problem=`none`;try{this.tenants=await c()}catch(e){this.problem=e instanceof u&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[r,n,f,o` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{list-style:none;margin:0;padding:8px;--avatar-size:40px}a{display:flex;align-items:center;gap:14px;padding:8px 12px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}a:hover{background:var(--hover)}a:focus-visible{outline-offset:-2px}.who{flex:1;min-width:0}.who > *{display:block;line-height:1.35}.name{font-weight:550;overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#n()}render(){return this.problem===`no-demo`?l`<main class="empty"><span class="badge">${e}</span>
        <h2>${i.noDemo}</h2><p>${i.noDemoHint}</p></main>`:this.problem===`failed`?l`<main class="empty" role="alert"><h2>${i.loadFailed}</h2>
        <button class="button" @click=${this.#n}>${i.tryAgain}</button></main>`:l`<main class=${(this.tenants?.length??0)>1?`several`:``}>
      <div class="logo">${e}</div>
      <h1>${i.choosePerson}</h1>
      <p class="muted">${i.choosePersonHint}</p>
      ${this.tenants?l`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:l`<div role="status"><span class="spinner"></span><span class="visually-hidden">${i.loading}</span></div>`}
    </main>`}#e({slug:e,name:t,about:n,people:r}){return l`<section aria-labelledby=${e}>
      <header>
        <h2 id=${e}>${m(t)}</h2>
        <p class="muted">${m(n)}</p>
      </header>
      <ul>
        ${r.map(t=>l`<li>${this.#t(e,t)}</li>`)}
      </ul>
    </section>`}#t(e,{externalId:t,name:n,about:r}){return l`<a href=${s({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
      <causerie-avatar .name=${n} .key=${t}></causerie-avatar>
      <span class="who">
        <span class="name">${n}</span>
        ${m(r)?l`<span class="about muted">${m(r)}</span>`:``}
      </span>
    </a>`}#n};p([t()],h.prototype,`tenants`,void 0),p([t()],h.prototype,`problem`,void 0),h=p([a(`causerie-people-chooser`)],h);export{h as PeopleChooser};