const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./index-DByRhP-Q.css"])))=>i.map(i=>d[i]);
import{$ as e,Y as t,et as n}from"./index-aE7f8jQ0.js";var r=/(?<=^|[\s(])(:([\p{L}\p{N}_+-]{2,30})(:?))$/u,i=6;async function a(){return(await n(async()=>{let{loadIndex:e}=await import(`./emoji-index-CPw3WTkg.js`);return{loadIndex:e}},__vite__mapDeps([0]),import.meta.url)).loadIndex()}var o=class{#e;#t;constructor(e,t,n){this.host=e,this.field=t,this.changed=n,this.offered=[],this.selected=0,this.#e=``,this.#t=``}async update(){let[,e=``,t=``,n=``]=r.exec(this.#n())??[];if(this.#e=e,e.startsWith(this.#t)||(this.#t=``),!e||this.#t)return this.#r([]);try{let r=await a();if(this.#e!==e)return;let o=n&&r.byName(t);o?this.choose(o):this.#r(n?[]:r.search(t,i))}catch{}}key({key:e,shiftKey:t}){let{offered:n,selected:r}=this,i=n[r];if(!i||t)return!1;let a={ArrowDown:1,ArrowUp:-1}[e];if(a)this.selected=(r+a+n.length)%n.length;else if(e===`Enter`||e===`Tab`)this.choose(i);else if(e===`Escape`)this.close();else return!1;return this.host.requestUpdate(),!0}render(){return t`<ul class="offered" id="offered" role="listbox" aria-label=${e.emoji}>
${this.offered.map((e,n)=>t`<li
role="option"
id="emoji-${n}"
aria-selected=${n===this.selected?`true`:`false`}
@mousedown=${e=>e.preventDefault()}
@click=${()=>this.choose(e)}
>
<span class="character">${e.character}</span><span class="clip">${e.name}</span>
</li>`)}
</ul>`}choose(e){let t=this.field();if(!t)return;let n=t.selectionStart;t.setRangeText(`${e.character} `,n-this.#e.length,n,`end`),this.#r([]),this.changed()}close(){this.#t=this.#e,this.#r([])}#n(){let e=this.field();return!e||e.selectionStart!==e.selectionEnd?``:e.value.slice(Math.max(e.selectionStart-40,0),e.selectionStart)}#r(e){(e.length||this.offered.length)&&(this.offered=e,this.selected=0,this.host.requestUpdate())}};export{o as EmojiCompletion};