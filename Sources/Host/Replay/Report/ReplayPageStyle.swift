/// The look of the page.
enum ReplayPageStyle {
    static let css = """
        :root{--paper:#f6f5f1;--panel:#fff;--ink:#1c1b18;--soft:#6f6b62;--line:#e4e1d8;--main:#1f5fbf;--gain:#137a4b;--loss:#b3372b;--warm:#b8791a;--calm:#5a6b8c}
        @media(prefers-color-scheme:dark){:root{--paper:#14161a;--panel:#1c1f25;--ink:#eceae4;--soft:#98958c;--line:#2e323a;--main:#7fb0ff;--gain:#5ecb94;--loss:#f0857a;--warm:#e3b563;--calm:#9db0d6}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1080px;margin:0 auto;padding:28px 18px 60px}
        h1{font-size:30px;line-height:1.15;margin:0;letter-spacing:-.02em;overflow-wrap:anywhere}
        h2{font-size:17px;margin:0}h3{font-size:14px;margin:18px 0 6px;color:var(--soft)}
        p{margin:0}.kind{color:var(--main);font-weight:600;font-size:13px;letter-spacing:.06em;text-transform:uppercase}
        .span,.detail{color:var(--soft);font-size:13px}
        header{margin-bottom:22px}
        .hero,.panel,.card{background:var(--panel);border:1px solid var(--line);border-radius:12px}
        .hero{padding:20px 22px;margin-bottom:12px}
        .name{color:var(--soft);font-size:13px}
        .net{font-size:clamp(26px,6.2vw,46px);line-height:1.2;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .gain{color:var(--gain)}.loss{color:var(--loss)}
        .cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin-bottom:12px}
        .card{padding:14px 16px}.value{font-size:21px;font-weight:620;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
        .panel{padding:18px 20px;margin-bottom:12px}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:12px}.pair .panel{min-width:0}
        #by-growth{float:right;margin:-34px 0 0;accent-color:var(--main)}#by-growth+label{float:right;margin:-38px 22px 0 0;font-size:13px;color:var(--soft)}
        #growth,#by-growth:checked~#equity{display:none}#by-growth:checked~#growth{display:block}
        .chart{position:relative;padding-left:54px;margin-top:18px}
        .plot{position:relative;height:260px}.pair .plot,#drawdown .plot{height:170px}
        .plot svg{width:100%;height:100%;display:block;overflow:visible}
        .line{fill:none;stroke-width:1.6;vector-effect:non-scaling-stroke;stroke-linejoin:round}.area{stroke:none;opacity:.13}
        .grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
        .line.main{stroke:var(--main)}.area.main{fill:var(--main)}.line.bad{stroke:var(--loss)}.area.bad{fill:var(--loss)}
        .line.calm{stroke:var(--calm);stroke-width:1.1}.area.calm{fill:var(--calm)}.line.warm{stroke:var(--warm);stroke-width:1.1}.area.warm{fill:var(--warm)}
        .heights{position:absolute;left:0;top:0;width:46px;height:260px}.pair .heights,#drawdown .heights{height:170px}
        .heights span{position:absolute;right:0;transform:translateY(-50%);font-size:11px;color:var(--soft);white-space:nowrap;font-variant-numeric:tabular-nums}
        .times{position:relative;height:20px;margin-top:4px}
        .times span{position:absolute;transform:translateX(-50%);font-size:11px;color:var(--soft)}
        .cursor{position:absolute;top:0;bottom:0;width:1px;background:var(--soft);pointer-events:none}
        .reading{min-height:20px;font-size:12.5px;color:var(--soft);font-variant-numeric:tabular-nums}
        .bars{display:flex;gap:3px;margin:18px 0 14px;align-items:stretch}
        .bar{flex:1;min-width:0;text-align:center;font-size:11px;color:var(--soft)}
        .field{position:relative;height:190px;margin-bottom:4px}.field b{position:absolute;left:0;right:-3px;height:1px;background:var(--line)}
        .field i{position:absolute;left:15%;right:15%;min-height:1px;border-radius:3px}.field i.gain{background:var(--gain)}.field i.loss{background:var(--loss)}
        .scroll{overflow:auto;margin-top:10px}.tall{max-height:560px}
        table{border-collapse:collapse;width:100%;font-size:13px}
        th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--soft);font-weight:600;background:var(--panel)}.tall th{position:sticky;top:0;cursor:pointer}
        .number{text-align:right;font-variant-numeric:tabular-nums}
        th[aria-sort=ascending]::after{content:" ↑"}th[aria-sort=descending]::after{content:" ↓"}
        em{font-style:normal;font-size:11px;border:1px solid var(--warm);color:var(--warm);border-radius:4px;padding:0 4px}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:10px 0 0;font-size:14px}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        .notes{margin:12px 0 0;padding:10px 14px 10px 30px;border-left:3px solid var(--warm);background:color-mix(in srgb,var(--warm) 9%,transparent);border-radius:6px;font-size:14px}
        footer{color:var(--soft);font-size:12.5px;margin-top:20px}
        @media(max-width:760px){main{padding:18px 12px 40px}.cards{grid-template-columns:1fr 1fr;gap:8px}.pair{grid-template-columns:1fr;gap:0}
        .card{padding:11px 12px}.value{font-size:17px}.panel{padding:14px}.plot,.heights{height:200px}.bar span{font-size:9px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
        @media print{.tall{max-height:none}}
        """
}

/// What the page does: reads values under the pointer, sorts the trades. Without it the page shows the same numbers.
enum ReplayPageScript {
    static let javascript = """
        (()=>{"use strict";
        const data=JSON.parse(document.getElementById("series").textContent);
        const clock=s=>new Date((s+19800)*1000).toISOString().slice(0,16).replace("T"," ");
        const texts={equity:p=>`account ${p[1]}`,growth:p=>`account ${p[1]}`,drawdown:p=>`${p[2]} (${p[3]})`,exposure:p=>p[1],risk:p=>p[2]};
        for(const [id,text] of Object.entries(texts)){
          const chart=document.getElementById(id);if(!chart)continue;
          const points=data[id==="exposure"||id==="risk"?"exposure":"equity"];if(!points.length)continue;
          const plot=chart.querySelector(".plot"),cursor=chart.querySelector(".cursor"),reading=chart.querySelector(".reading");
          const show=event=>{
            const box=plot.getBoundingClientRect(),share=Math.min(1,Math.max(0,(event.clientX-box.left)/box.width));
            const at=data.start+share*(data.end-data.start);
            let low=0,high=points.length-1;
            while(low<high){const middle=(low+high+1)>>1;if(points[middle][0]<=at)low=middle;else high=middle-1;}
            cursor.hidden=false;cursor.style.left=share*100+"%";reading.textContent=`${clock(points[low][0])} · ${text(points[low])}`;
          };
          plot.addEventListener("pointermove",show);plot.addEventListener("pointerdown",show);
          plot.addEventListener("pointerleave",()=>{cursor.hidden=true;reading.textContent="";});
        }
        const table=document.getElementById("trades"),body=table.tBodies[0],heads=[...table.tHead.rows[0].cells];
        const key=(row,column)=>{const cell=row.cells[column],value=cell.dataset.key;return value===undefined?cell.textContent:Number(value);};
        const sort=column=>{
          const head=heads[column],up=head.getAttribute("aria-sort")!=="ascending";
          heads.forEach(other=>other.removeAttribute("aria-sort"));head.setAttribute("aria-sort",up?"ascending":"descending");
          const rows=[...body.rows].map(row=>[key(row,column),row]);
          rows.sort((a,b)=>(a[0]<b[0]?-1:a[0]>b[0]?1:0)*(up?1:-1));
          body.append(...rows.map(pair=>pair[1]));
        };
        heads.forEach((head,column)=>{
          head.addEventListener("click",()=>sort(column));
          head.addEventListener("keydown",event=>{if(event.key==="Enter"||event.key===" "){event.preventDefault();sort(column);}});
        });
        })();
        """
}
